import { branches, parts } from "./walk.js";

/** What in the schema of an answer would refuse a key or a value that is new. */
export default function open(schema, _options, context) {
    return [...faults(schema, context.path, false)];
}

function* faults(schema, path, hasWayOut) {
    for (const key of ["additionalProperties", "unevaluatedProperties"]) {
        if (schema[key] === false) {
            yield { message: `An answer may have new keys: remove \`${key}: false\`.`, path: [...path, key] };
        }
    }
    for (const key of ["const", "enum"]) {
        if (key in schema && !hasWayOut) {
            const message = `An answer may have new values: write \`${key}\` in an \`anyOf\`, beside \`type: string\`.`;
            yield { message, path: [...path, key] };
        }
    }
    const anyText = (schema.anyOf ?? []).some(({ type, ...more }) => type === "string" && !Object.keys(more).length);
    for (const [branch, where] of branches(schema, path)) {
        yield* faults(branch, where, anyText && where.at(-2) === "anyOf");
    }
    for (const [part, where] of parts(schema, path)) {
        yield* faults(part, where, false);
    }
}
