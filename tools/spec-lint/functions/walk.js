// What the rules have in common: the ways through a document and through a schema.

const LITERAL = new Set(["const", "default", "enum", "example", "examples"]);

/** Every object of the document with its path; example values and the like are data, not description. */
export function* objects(node, path = []) {
    if (node === null || typeof node !== "object") {
        return;
    }
    if (!Array.isArray(node)) {
        yield [node, path];
    }
    for (const [key, value] of Object.entries(node)) {
        // Below `properties` a key is the name of a field, whatever it is.
        if (path.at(-1) === "properties" || !LITERAL.has(key)) {
            yield* objects(value, [...path, key]);
        }
    }
}

/** The schemas that a value of this schema may have to fit as a whole, besides the schema itself. */
export function* branches(schema, path) {
    for (const key of ["allOf", "anyOf", "oneOf"]) {
        for (const [index, branch] of (schema[key] ?? []).entries()) {
            yield [branch, [...path, key, index]];
        }
    }
    for (const key of ["else", "then"]) {
        if (schema[key]) {
            yield [schema[key], [...path, key]];
        }
    }
}

/** The schemas of what is inside a value of this schema: of its members and entries. */
export function* parts(schema, path) {
    for (const key of ["patternProperties", "properties"]) {
        for (const [name, part] of Object.entries(schema[key] ?? {})) {
            yield [part, [...path, key, name]];
        }
    }
    for (const key of ["additionalProperties", "items", "unevaluatedProperties"]) {
        if (schema[key] && typeof schema[key] === "object") {
            yield [schema[key], [...path, key]];
        }
    }
}

/** The types that a schema names, as a list. */
export function types(schema) {
    return [schema.type ?? []].flat();
}
