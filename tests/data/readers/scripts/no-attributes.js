// Nothing of LivePerson's is in here.
export const sdes = [];
sdes.push({ type: "engagementAttributes" });
console.log("lpTag.sdes.push({type: 'x'})", `lpTag.sdes.push(${JSON.stringify({ type: "x" })})`);
const re = /lpTag\.sdes\.push\({type: "x"}\)/;
export default { lpTag: { sdes: [] }, "not.lpTag.sdes": [{ type: "x" }] };
