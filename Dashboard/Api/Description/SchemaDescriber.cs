using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Presence.Dashboard.Api.Description;

/// <summary>Adds to a document's schema what its type alone does not say.</summary>
/// <remarks>
/// A document the server answers always has the members that cannot be null. A document it reads is checked by the route,
/// which answers better than a schema could, so there everything can be null in the type and <c>[Required]</c> says it.
/// </remarks>
internal sealed class SchemaDescriber : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonPropertyInfo is { } property)
        {
            if (property.AttributeProvider?.GetCustomAttributes(typeof(AllowedValuesAttribute), inherit: false) is [AllowedValuesAttribute words, ..])
                schema.Enum = [.. words.Values.Select(word => (JsonNode)JsonValue.Create((string)word!))];
        }
        else if (!context.JsonTypeInfo.Type.Name.EndsWith("Request", StringComparison.Ordinal))
        {
            foreach (var member in context.JsonTypeInfo.Properties.Where(member => !member.IsGetNullable && !member.IsExtensionData && member.Get is not null))
                (schema.Required ??= new HashSet<string>(StringComparer.Ordinal)).Add(member.Name);
        }
        return Task.CompletedTask;
    }
}
