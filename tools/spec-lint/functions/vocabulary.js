import { objects } from "./walk.js";

const SOURCE = /^(?:\[(?<tag>[a-z]+)\]|[^:[\]]+:) \S/;

/** Extensions and sources that the head of the document does not explain, and what it explains for nothing. */
export default function vocabulary(document) {
    const known = { "x-extensions": document["x-extensions"] ?? {}, "x-sources": document["x-sources"] ?? {} };
    const used = { "x-extensions": new Set(), "x-sources": new Set() };
    const faults = [];
    for (const [node, path] of objects(document)) {
        if (path[0] in known) {
            continue;
        }
        for (const key of Object.keys(node).filter((each) => each.startsWith("x-") && !(each in known))) {
            used["x-extensions"].add(key);
            if (!(key in known["x-extensions"])) {
                const message = `\`${key}\` is not explained: correct its spelling, or add it to \`x-extensions\`.`;
                faults.push({ message, path: [...path, key] });
            }
        }
        if ("x-evidence" in node) {
            const place = [...path, "x-evidence"];
            faults.push(...unreadable(node["x-evidence"], place, known["x-sources"], used["x-sources"]));
        }
    }
    for (const [key, explained] of Object.entries(known)) {
        for (const name of Object.keys(explained).filter((each) => !used[key].has(each))) {
            faults.push({ message: `\`${name}\` is used nowhere: remove it from \`${key}\`.`, path: [key, name] });
        }
    }
    return faults;
}

function* unreadable(sources, path, known, used) {
    if (!Array.isArray(sources) || sources.length === 0) {
        yield { message: "Write `x-evidence` as a list of sources.", path };
        return;
    }
    for (const [index, source] of sources.entries()) {
        const place = [...path, index];
        const tag = SOURCE.exec(source)?.groups.tag;
        if (!SOURCE.test(source)) {
            yield { message: "Begin with a source in brackets, or with the name of a page and a colon.", path: place };
        } else if (tag !== undefined) {
            used.add(tag);
            if (!(tag in known)) {
                yield { message: `[${tag}] is not explained: correct it, or add it to \`x-sources\`.`, path: place };
            }
        }
    }
}
