using System.Text.Json.Nodes;

namespace Presence.Dashboard.Tests.Support;

/// <summary>Compares a document with its schema in an OpenAPI description: members, their kinds, and no member too many.</summary>
public sealed class JsonSchemaCheck(JsonNode description)
{
    /// <summary>What does not fit, by the place in the document; nothing when all does.</summary>
    public IReadOnlyList<string> Problems(JsonNode schema, JsonNode? value)
    {
        List<string> problems = [];
        Check(schema, value, "$", problems);
        return problems;
    }

    private void Check(JsonNode schema, JsonNode? value, string place, List<string> problems)
    {
        if (schema["$ref"]?.GetValue<string>() is { } reference)
            schema = reference.TrimStart('#', '/').Split('/').Aggregate(description, (node, name) => node[name]!);
        if (schema["oneOf"] is JsonArray choices)
        {
            if (!choices.Any(choice => Problems(choice!, value).Count == 0))
                problems.Add($"{place} fits no choice");
            return;
        }
        if (schema["type"] is { } type && !Kinds(type).Contains(KindOf(value), StringComparer.Ordinal))
            problems.Add($"{place} is {KindOf(value)}, described as {type.ToJsonString()}");
        if (schema["enum"] is JsonArray words && !words.Any(word => JsonNode.DeepEquals(word, value)))
            problems.Add($"{place} is {value?.ToJsonString()}, none of {words.ToJsonString()}");
        if (value is JsonArray list && schema["items"] is { } items)
            Enumerable.Range(0, list.Count).ToList().ForEach(index => Check(items, list[index], $"{place}[{index}]", problems));
        if (value is JsonObject members && schema["properties"] is JsonObject properties)
            CheckMembers(schema, properties, members, place, problems);
    }

    private void CheckMembers(JsonNode schema, JsonObject properties, JsonObject members, string place, List<string> problems)
    {
        foreach (var required in (schema["required"] as JsonArray ?? []).Select(name => name!.GetValue<string>()).Where(name => !members.ContainsKey(name)))
            problems.Add($"{place}.{required} is missing");
        foreach (var (name, member) in members)
        {
            if (properties[name] is { } described)
                Check(described, member, $"{place}.{name}", problems);
            else
                problems.Add($"{place}.{name} is not described");
        }
    }

    private static string[] Kinds(JsonNode type) =>
        (type is JsonArray several ? several.Select(kind => kind!.GetValue<string>()) : [type.GetValue<string>()])
        .SelectMany(kind => kind == "number" ? ["number", "integer"] : new[] { kind })
        .ToArray();

    private static string KindOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or System.Text.Json.JsonValueKind.Null => "null",
        System.Text.Json.JsonValueKind.Object => "object",
        System.Text.Json.JsonValueKind.Array => "array",
        System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False => "boolean",
        System.Text.Json.JsonValueKind.Number => value.ToJsonString().Contains('.') ? "number" : "integer",
        _ => "string",
    };
}
