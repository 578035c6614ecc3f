import { branches, parts, types } from "./walk.js";

const MEND = "write `x-pii: true` or `x-pii: false` here";

/** The fields that do not say whether they hold personal data, although they could. */
export default function personal(node, { words }, context) {
    if (node.in) {
        return [...field(node, node.schema, node.name, context.path, undefined, words)];
    }
    return [...fields(node, context.path, undefined, words)];
}

function* fields(schema, path, around, words) {
    const mark = schema["x-pii"] ?? around;
    for (const [branch, where] of branches(schema, path)) {
        yield* fields(branch, where, mark, words);
    }
    for (const [part, where] of parts(schema, path)) {
        if (where.at(-2) === "properties") {
            yield* field(part, part, where.at(-1), where, mark, words);
        }
        // A schema answers for its own fields only.
        yield* fields(part, where, undefined, words);
    }
}

function* field(node, schema, name, path, around, words) {
    const own = node["x-pii"];
    if (own !== undefined && typeof own !== "boolean") {
        yield { message: `This is neither yes nor no: ${MEND}.`, path: [...path, "x-pii"] };
    }
    if (own !== undefined || !isLeaf(schema)) {
        return;
    }
    const word = spoken(name, node.description ?? "").find((each) => words.includes(each));
    if (word !== undefined) {
        yield { message: `\`${name}\` could be personal data, by the word "${word}": ${MEND}.`, path };
    } else if (around !== false && isFreeText(schema)) {
        yield { message: `\`${name}\` is free text: ${MEND}, or \`x-pii: false\` at the schema around it.`, path };
    }
}

/** The words of a field's name and description, in lower case and in the singular; `phoneType` is two of them. */
function spoken(name, description) {
    const text = `${name.replaceAll(/([a-z])([A-Z])/g, "$1 $2")} ${description}`;
    return text.toLowerCase().split(/[^a-z]+/).flatMap((word) => [word, word.replace(/s$/, "")]);
}

/** Whether a schema describes a value, or a list of values, that is no object and not fixed. */
function isLeaf(schema) {
    if (schema.items) {
        return isLeaf(schema.items);
    }
    if ("const" in schema || "properties" in schema || schema.type === "null") {
        return false;
    }
    const inner = [...branches(schema, [])].map(([branch]) => branch);
    return inner.length === 0 || inner.some(isLeaf);
}

function isFreeText(schema) {
    if (schema.items) {
        return isFreeText(schema.items);
    }
    if ("const" in schema || "enum" in schema) {
        return false;
    }
    return types(schema).includes("string") || [...branches(schema, [])].some(([branch]) => isFreeText(branch));
}
