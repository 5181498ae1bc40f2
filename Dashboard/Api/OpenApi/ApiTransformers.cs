using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Api.OpenApi;

/// <summary>Writes what the description says of the API as a whole.</summary>
internal sealed class DocumentTransformer(PublicAddress address) : IOpenApiDocumentTransformer
{
    private const string AccessToken = "accessToken";
    private const string ServerKey = "serverKey";
    private const string ServerKeyHeader = "serverKeyHeader";

    private const string Text =
        """
        Presence of viewers in live rooms. Clients send heartbeats while a viewer watches. The server counts and lists viewers, and
        drops them when their heartbeats stop.

        Instants are ISO 8601 in UTC. Durations name their unit. All errors have the same shape,
        `{"status":"error","code":...,"message":"...","data":{...}}`. Compare `code` in clients. Lists have an opaque `cursor` for the
        next page.
        """;

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo { Title = "Presence Dashboard", Version = ServerStart.Version, Description = Text, License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" } };
        // Relative, so that the document describes the server under any name that reaches it.
        document.Servers = [new OpenApiServer { Url = address.ToString() ?? "/", Description = "This server" }];
        document.Tags = ApiTags.All.Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Text }).ToHashSet();
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [AccessToken] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "The access token of a login, or a JWT signed by your backend. Acts as its subject only.",
            },
            [ServerKey] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A server key, for your backend only. It can act for any user." },
            [ServerKeyHeader] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = "x-server-key",
                Description = "A server key, if the Authorization header is already in use.",
            },
        };
        return Task.CompletedTask;
    }

    /// <summary>How a caller of a route says who it is.</summary>
    public static IList<OpenApiSecurityRequirement> SecurityOf(ApiPolicy policy, OpenApiDocument document)
    {
        string[] ways = [.. policy.AllowsViewers ? (ReadOnlySpan<string>)[AccessToken] : [], .. policy.AllowsServers ? (ReadOnlySpan<string>)[ServerKey, ServerKeyHeader] : []];
        return policy == ApiPolicy.Anonymous
            ? [new OpenApiSecurityRequirement()]
            : [.. ways.Select(way => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(way, document)] = [] })];
    }
}

/// <summary>Tells the framework which document a route reads and what it refuses with; it finds the schemas from there.</summary>
internal sealed class RouteDescriptionProvider : IApiDescriptionProvider
{
    /// <summary>After the provider that finds the routes.</summary>
    public int Order => int.MaxValue;

    public void OnProvidersExecuting(ApiDescriptionProviderContext context)
    {
        // Everything is added after the routes are found.
    }

    public void OnProvidersExecuted(ApiDescriptionProviderContext context)
    {
        foreach (var route in context.Results.Where(route => route.ActionDescriptor.EndpointMetadata.OfType<ApiPolicy>().Any()))
        {
            if (route.ActionDescriptor.EndpointMetadata.OfType<ApiBody>().FirstOrDefault() is { } body)
            {
                route.ParameterDescriptions.Add(new ApiParameterDescription { Name = "body", Source = BindingSource.Body, Type = body.Type, IsRequired = !body.IsOptional });
                foreach (var mediaType in body.MediaTypes)
                    route.SupportedRequestFormats.Add(new ApiRequestFormat { MediaType = mediaType });
            }
            foreach (var status in OperationTransformer.ErrorsOf(route).Select(error => error.Status).Distinct())
                route.SupportedResponseTypes.Add(new ApiResponseType { StatusCode = status, Type = typeof(ErrorDocument), ApiResponseFormats = [new ApiResponseFormat { MediaType = "application/json" }] });
        }
    }
}

/// <summary>Adds to an operation what its route's metadata says: who may call, parameters, examples, refusals.</summary>
internal sealed class OperationTransformer : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var route = context.Description;
        var metadata = route.ActionDescriptor.EndpointMetadata;
        var policy = metadata.OfType<ApiPolicy>().Single();
        var document = context.Document ?? throw new InvalidOperationException("An operation stands in a document.");

        operation.Description = WebUtility.HtmlDecode(operation.Description); // XML comments are encoded, OpenAPI texts are not
        if (policy.ScopeRule is { } scopes)
            operation.Description = $"{operation.Description}\n\nServer key scope: {scopes}.".Trim();
        operation.Parameters = [.. PathParametersOf(route).Select(parameter => ApiParameter.OfPath(parameter.Name).Describe()), .. metadata.OfType<ApiParameter>().Select(parameter => parameter.Describe())];
        operation.Security = DocumentTransformer.SecurityOf(policy, document);
        foreach (var example in metadata.OfType<ApiExample>().Where(example => example.IsOfBody))
            Show(operation.RequestBody!.Content!, example.As(metadata.OfType<ApiBody>().Single().Type));

        var produced = metadata.OfType<IProducesResponseTypeMetadata>().Single();
        var answer = (OpenApiResponse)operation.Responses![Key(produced.StatusCode)];
        foreach (var example in metadata.OfType<ApiExample>().Where(example => !example.IsOfBody))
            Show(answer.Content!, example.As(produced.Type));
        foreach (var (name, text) in metadata.OfType<ApiHeader>())
            AddHeader(answer, name, text, JsonSchemaType.String);
        foreach (var errors in ErrorsOf(route).GroupBy(error => error.Status))
            operation.Responses[Key(errors.Key)] = Shared([.. errors], (OpenApiResponse)operation.Responses[Key(errors.Key)], document);
        return Task.CompletedTask;
    }

    /// <summary>Every refusal a caller may meet, in the order of their codes.</summary>
    public static IReadOnlyList<ApiError> ErrorsOf(ApiDescription route)
    {
        var metadata = route.ActionDescriptor.EndpointMetadata;
        var ofPolicy = metadata.OfType<ApiPolicy>().Single() == ApiPolicy.Anonymous ? (IReadOnlyList<ApiError>)[] : [ApiError.NotSignedIn, ApiError.NotAllowed];
        var ofBody = metadata.OfType<ApiBody>().Any() ? (IReadOnlyList<ApiError>)[ApiError.Unreadable, ApiError.Invalid, ApiError.BodyTooLarge, ApiError.WrongMediaType] : [];
        var ofParameters = PathParametersOf(route).Any() || metadata.OfType<ApiParameter>().Any() ? (IReadOnlyList<ApiError>)[ApiError.Invalid] : [];
        var ofAll = metadata.OfType<ITagsMetadata>().Any(tags => tags.Tags.Contains(ApiTags.Operation)) ? (IReadOnlyList<ApiError>)[] : [ApiError.RateLimited, ApiError.NotReady];
        return [.. metadata.OfType<ApiError>().Concat([.. ofPolicy, .. ofBody, .. ofParameters, .. ofAll, ApiError.Fault]).Distinct().OrderBy(error => error.Code)];
    }

    private static IEnumerable<ApiParameterDescription> PathParametersOf(ApiDescription route) => route.ParameterDescriptions.Where(parameter => parameter.Source == BindingSource.Path);

    private static void Show(IDictionary<string, OpenApiMediaType> content, JsonNode? example)
    {
        foreach (var mediaType in content.Values)
            mediaType.Example = example;
    }

    /// <summary>Kinds of refusal that share a status stand together, each with an example. Most routes share them, so they are components.</summary>
    private static OpenApiResponseReference Shared(IReadOnlyList<ApiError> errors, OpenApiResponse response, OpenApiDocument document)
    {
        var name = $"Refusal{Key(errors[0].Status)}-{string.Join('-', errors.Select(error => Key(error.Code)))}";
        response.Description = string.Join(" Or: ", errors.Select(error => $"`{error.Code}` {error.Meaning}"));
        response.Content!.Values.Single().Examples =
            errors.ToDictionary(error => Key(error.Code), error => (IOpenApiExample)new OpenApiExample { Summary = error.Meaning, Value = ExampleOf(error) }, StringComparer.Ordinal);
        if (errors[0].Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
            AddHeader(response, "Retry-After", "Seconds to wait.", JsonSchemaType.Integer);

        document.AddComponent(name, (IOpenApiResponse)response); // adding the same component again changes nothing
        return new OpenApiResponseReference(name, document);
    }

    private static void AddHeader(OpenApiResponse response, string name, string text, JsonSchemaType type) =>
        (response.Headers ??= new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal))[name] = new OpenApiHeader { Description = text, Schema = new OpenApiSchema { Type = type } };

    private static JsonNode ExampleOf(ApiError error) => JsonSerializer.SerializeToNode(new ErrorDocument("error", error.Code, error.Meaning, Data: null), ApiJson.Documents.ErrorDocument)!;

    private static string Key(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Adds to a document's schema what its type alone does not say. The members' texts are their XML documentation.</summary>
/// <remarks>
/// A document the server answers always has the members that cannot be null, and leaves the others out rather than say null.
/// A document it reads is checked by its route, which answers better than a schema could: there every member can be null,
/// and <c>[Required]</c> says which may not be left out.
/// </remarks>
internal sealed class SchemaTransformer : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (NumberOf(Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type) is { } format)
        {
            schema.Type = JsonSchemaType.Integer; // read by a converter, which the framework can't describe
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

    private static bool IsAlwaysThere(JsonPropertyInfo member) =>
        !member.IsGetNullable || AttributeOf<JsonIgnoreAttribute>(member)?.Condition == JsonIgnoreCondition.Never;

    private static T? AttributeOf<T>(JsonPropertyInfo member)
        where T : Attribute =>
        member.AttributeProvider?.GetCustomAttributes(typeof(T), inherit: false) is [T attribute, ..] ? attribute : null;
}
