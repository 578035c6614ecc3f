import { schema as validate } from "@stoplight/spectral-functions";

import { objects } from "./walk.js";

/** The entries of `examples` lists that do not fit the schema that they stand in. */
export default function examples(document, _options, context) {
    const faults = [];
    for (const [schema, path] of objects(document)) {
        for (const [index, value] of (Array.isArray(schema.examples) ? schema.examples : []).entries()) {
            const options = { schema, dialect: "draft2020-12", allErrors: true };
            faults.push(...(validate(value, options, { ...context, path: [...path, "examples", index] }) ?? []));
        }
    }
    return faults;
}
