import { branches, parts, types } from "./walk.js";

const SAYS_WHAT_IT_IS = ["$ref", "allOf", "anyOf", "const", "enum", "oneOf", "type"];

/** The objects of a request that take any key, and the values that may be anything. */
export default function closed(schema, _options, context) {
    return [...faults(schema, context.path, false)];
}

function* faults(schema, path, covered) {
    const isObject = types(schema).includes("object") || "properties" in schema;
    const isClosed = schema.additionalProperties === false || schema.unevaluatedProperties === false;
    if (isObject && !isClosed && !covered) {
        yield { message: "This object of a request takes any key: write `additionalProperties: false`.", path };
    }
    for (const [branch, where] of branches(schema, path)) {
        yield* faults(branch, where, covered || schema.unevaluatedProperties === false);
    }
    for (const [part, where] of parts(schema, path)) {
        if (!SAYS_WHAT_IT_IS.some((key) => key in part)) {
            yield { message: "This part of a request takes any value: write its `type`.", path: where };
        }
        yield* faults(part, where, false);
    }
}
