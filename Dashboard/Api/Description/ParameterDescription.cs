using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Presence.Dashboard.Api.Description;

/// <summary>A parameter of a query or a header, as the description shows it.</summary>
internal sealed record ParameterDescription(string Name, string Text, OpenApiSchema Schema)
{
    public bool IsHeader { get; private init; }

    public bool IsRequired { get; private init; }

    public ParameterDescription Required => this with { IsRequired = true };

    public static ParameterDescription OfText(string name, string text, int longest, int shortest = 0) =>
        new(name, text, new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = longest, MinLength = shortest == 0 ? null : shortest });

    public static ParameterDescription OfNumber(string name, string text, int smallest, int largest, int? otherwise = null) =>
        new(name, text, new OpenApiSchema
        {
            Type = JsonSchemaType.Integer,
            Minimum = smallest.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Maximum = largest.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Default = otherwise is { } number ? JsonValue.Create(number) : null,
        });

    /// <summary>One of some words; the first is taken when it is left out, unless <paramref name="isOptional"/>.</summary>
    public static ParameterDescription OfWords(string name, string text, string[] words, bool isOptional = false) =>
        new(name, text, new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Enum = [.. words.Select(word => (JsonNode)JsonValue.Create(word))],
            Default = isOptional ? null : JsonValue.Create(words[0]),
        });

    /// <summary>Ids, as <c>name=a&amp;name=b</c>.</summary>
    public static ParameterDescription OfIds(string name, string text, int most) =>
        new(name, text, new OpenApiSchema { Type = JsonSchemaType.Array, MaxItems = most, Items = new OpenApiSchema { Type = JsonSchemaType.String } });

    public static ParameterDescription OfHeader(string name, string text) =>
        new(name, text, new OpenApiSchema { Type = JsonSchemaType.String }) { IsHeader = true };
}
