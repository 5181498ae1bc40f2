using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Api.OpenApi;

/// <summary>Adds what the framework can't infer: texts about the whole API, who may call a route, and how it refuses.</summary>
internal sealed class DescriptionTransformer(PublicAddress address) : IOpenApiDocumentTransformer, IOpenApiOperationTransformer, IOpenApiSchemaTransformer
{
    private const string AccessToken = "accessToken";
    private const string Text =
        """
        Presence of viewers in live rooms. Clients send heartbeats while a viewer watches. The server counts and lists viewers, and
        drops them when their heartbeats stop.

        Instants are ISO 8601 in UTC. Durations name their unit. All errors have the same shape,
        `{"status":"error","code":...,"message":"...","data":{...}}`. Compare `code` in clients. Lists have an opaque `cursor` for the
        next page.
        """;

    private readonly Dictionary<string, IOpenApiSecurityScheme> _credentials = new(StringComparer.Ordinal)
    {
        [AccessToken] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT", Description = "The access token of a login, or a JWT signed by your backend. Acts as its subject only." },
        ["serverKey"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A server key, for your backend only. It can act for any user." },
        ["serverKeyHeader"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = "x-server-key", Description = "A server key, if the Authorization header is already in use." },
    };

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo { Title = "Presence Dashboard", Version = ServerStart.Version, Description = Text, License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" } };
        // Relative, so that the document describes the server under any name that reaches it.
        document.Servers = [new OpenApiServer { Url = address.ToString() ?? "/", Description = "This server" }];
        document.Tags = context.DescriptionGroups.SelectMany(group => group.Items).SelectMany(route => route.ActionDescriptor.EndpointMetadata.OfType<ApiChapter>()).Distinct()
            .Select(chapter => new OpenApiTag { Name = chapter.Name, Description = chapter.Text }).ToHashSet();
        (document.Components ??= new OpenApiComponents()).SecuritySchemes = _credentials;
        return Task.CompletedTask;
    }

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var (route, document) = (context.Description, context.Document!);
        var metadata = route.ActionDescriptor.EndpointMetadata;
        var policy = metadata.OfType<ApiPolicy>().Single();

        operation.Description = WebUtility.HtmlDecode(operation.Description); // XML comments are encoded, OpenAPI texts are not
        if (policy.ScopeRule is { } scopes)
            operation.Description = $"{operation.Description}\n\nServer key scope: {scopes}.".Trim();
        operation.Parameters = [.. route.ParameterDescriptions.Where(parameter => parameter.Source == BindingSource.Path).Select(parameter => ApiParameter.OfPath(parameter.Name)), .. metadata.OfType<OpenApiParameter>()];
        operation.Security = policy == ApiPolicy.Anonymous
            ? [new OpenApiSecurityRequirement()]
            : [.. _credentials.Keys.Where(way => way == AccessToken ? policy.AllowsViewers : policy.AllowsServers).Select(way => new OpenApiSecurityRequirement { [new(way, document)] = [] })];

        var produced = metadata.OfType<IProducesResponseTypeMetadata>().Single(reply => reply.StatusCode < 300);
        var reply = (OpenApiResponse)operation.Responses![$"{produced.StatusCode}"];
        if (metadata.OfType<ApiTextBody>().SingleOrDefault() is { } body)
            operation.RequestBody = new OpenApiRequestBody { Required = true, Content = body.MediaTypes.ToDictionary(type => type, _ => TextLike(body.Example)) };
        foreach (var example in metadata.OfType<ApiExample>())
        {
            if (example.MediaType is { } also)
                reply.Content![also] = TextLike(example.Text);
            else
                reply.Content!.Values.Single().Example = produced.Type == typeof(string) ? JsonValue.Create(example.Text) : JsonNode.Parse(example.Text);
        }
        reply.Headers = HeadersOf(metadata.OfType<ApiHeader>());
        foreach (var errors in metadata.OfType<ApiError>().OrderBy(error => error.Code).GroupBy(error => error.Status))
            operation.Responses[$"{errors.Key}"] = Shared([.. errors], (OpenApiResponse)operation.Responses[$"{errors.Key}"], document);
        return Task.CompletedTask;
    }

    /// <summary>Adds to a schema what its type doesn't say. The texts of its members are their XML documentation.</summary>
    /// <remarks>
    /// A reply always has the members that can't be null, and omits the others instead of writing null. The members of a request can all
    /// be null, because its route checks them and explains errors better than a schema; <c>[Required]</c> marks those that must be there.
    /// </remarks>
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(int) || type == typeof(long)) // read by a converter, which the framework can't describe
            (schema.Type, schema.Format) = (JsonSchemaType.Integer, type == typeof(int) ? "int32" : "int64");
        if (context.JsonPropertyInfo is { } property)
        {
            if (AttributeOf<AllowedValuesAttribute>(property) is { } words)
                schema.Enum = [.. words.Values.Select(word => JsonValue.Create((string)word!))];
            if (AttributeOf<JsonIgnoreAttribute>(property)?.Condition != JsonIgnoreCondition.Never)
                schema.Type &= ~JsonSchemaType.Null;
        }
        if (schema.Properties is { Count: > 0 })
        {
            var isRead = type.FullName!.Contains("Request", StringComparison.Ordinal);
            schema.Required = context.JsonTypeInfo.Properties.Where(member => !member.IsExtensionData && (isRead ? AttributeOf<RequiredAttribute>(member) is not null : !member.IsGetNullable || AttributeOf<JsonIgnoreAttribute>(member)?.Condition == JsonIgnoreCondition.Never))
                .Select(member => member.Name).ToHashSet(StringComparer.Ordinal);
        }
        return Task.CompletedTask;
    }

    /// <summary>One response for the errors of one status, with an example of each. A component, because most routes share it.</summary>
    private static OpenApiResponseReference Shared(IReadOnlyList<ApiError> errors, OpenApiResponse response, OpenApiDocument document)
    {
        var name = $"Refusal{errors[0].Status}-{string.Join('-', errors.Select(error => error.Code))}";
        response.Description = string.Join(" Or: ", errors.Select(error => $"`{error.Code}` {error.Meaning}"));
        response.Content!.Values.Single().Examples =
            errors.ToDictionary(error => $"{error.Code}", error => (IOpenApiExample)new OpenApiExample { Summary = error.Meaning, Value = JsonSerializer.SerializeToNode(new ErrorDocument("error", error.Code, error.Meaning, Data: null), ApiJson.Documents.ErrorDocument) }, StringComparer.Ordinal);
        if (errors[0].Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
            response.Headers = HeadersOf([new ApiHeader("Retry-After", "Seconds to wait.", JsonSchemaType.Integer)]);
        document.AddComponent(name, (IOpenApiResponse)response); // adding the same component again changes nothing
        return new OpenApiResponseReference(name, document);
    }

    private static OpenApiMediaType TextLike(string example) => new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String }, Example = JsonValue.Create(example) };

    private static Dictionary<string, IOpenApiHeader> HeadersOf(IEnumerable<ApiHeader> headers) =>
        headers.ToDictionary(header => header.Name, header => (IOpenApiHeader)new OpenApiHeader { Description = header.Text, Schema = new OpenApiSchema { Type = header.Type } }, StringComparer.Ordinal);

    private static T? AttributeOf<T>(JsonPropertyInfo member)
        where T : Attribute => member.AttributeProvider?.GetCustomAttributes(typeof(T), inherit: false).Cast<T>().FirstOrDefault();
}
