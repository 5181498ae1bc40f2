using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Presence.Dashboard.Api.Description;

/// <summary>Adds to a document's schema what its type alone does not say. The members' texts are their XML documentation.</summary>
/// <remarks>
/// A document the server answers always has the members that cannot be null, and leaves the others out rather than say null.
/// A document it reads is checked by its route, which answers better than a schema could: there every member can be null,
/// and <c>[Required]</c> says which may not be left out.
/// </remarks>
internal sealed class SchemaDescriber : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (NumberOf(Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type) is { } format)
        {
            schema.Type = JsonSchemaType.Integer; // a converter reads it, of which the framework knows nothing
            schema.Format = format;
        }
        if (context.JsonPropertyInfo is { } property)
        {
            if (AttributeOf<AllowedValuesAttribute>(property) is { } words)
                schema.Enum = [.. words.Values.Select(word => (JsonNode)JsonValue.Create((string)word!))];
            if (AttributeOf<JsonIgnoreAttribute>(property)?.Condition != JsonIgnoreCondition.Never)
                schema.Type &= ~JsonSchemaType.Null;
        }
        if (schema.Properties is { Count: > 0 })
        {
            var isRead = context.JsonTypeInfo.Type.FullName!.Contains("Request", StringComparison.Ordinal);
            schema.Required = context.JsonTypeInfo.Properties
                .Where(member => !member.IsExtensionData && (isRead ? AttributeOf<RequiredAttribute>(member) is not null : IsAlwaysThere(member)))
                .Select(member => member.Name)
                .ToHashSet(StringComparer.Ordinal);
        }
        return Task.CompletedTask;
    }

    private static string? NumberOf(Type type) => type == typeof(int) ? "int32" : type == typeof(long) ? "int64" : null;

    private static bool IsAlwaysThere(System.Text.Json.Serialization.Metadata.JsonPropertyInfo member) =>
        !member.IsGetNullable || AttributeOf<JsonIgnoreAttribute>(member)?.Condition == JsonIgnoreCondition.Never;

    private static T? AttributeOf<T>(System.Text.Json.Serialization.Metadata.JsonPropertyInfo member)
        where T : Attribute =>
        member.AttributeProvider?.GetCustomAttributes(typeof(T), inherit: false) is [T attribute, ..] ? attribute : null;
}
