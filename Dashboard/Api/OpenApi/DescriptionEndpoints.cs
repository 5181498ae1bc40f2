using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Authentication;
using Swashbuckle.AspNetCore.SwaggerUI;

namespace Presence.Dashboard.Api.OpenApi;

/// <summary>The OpenAPI document. Public, because it contains nothing that the documentation doesn't.</summary>
internal static class DescriptionEndpoints
{
    public const string Path = "/openapi/v1.json";
    public const string TryPath = "/try";
    private const string Document = "v1";

    public static void AddDescription(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            json.SerializerOptions.NumberHandling = ApiJson.Default.Options.NumberHandling;
        });
        services.AddOpenApi(Document, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.ShouldInclude = route => route.ActionDescriptor.EndpointMetadata.OfType<ApiPolicy>().Any();
            options.CreateSchemaReferenceId = type => type.Kind == JsonTypeInfoKind.Object ? NameOf(type.Type) : null;
            options.AddOperationTransformer<DescriptionTransformer>();
            options.AddDocumentTransformer<DescriptionTransformer>();
            options.AddSchemaTransformer<DescriptionTransformer>();
        });
    }

    public static void MapDescription(this IEndpointRouteBuilder api)
    {
        var provider = api.ServiceProvider.GetRequiredKeyedService<IOpenApiDocumentProvider>(Document);
        // Written once, because anyone can request it and writing costs more than a thousand heartbeats.
        var written = new Lazy<Task<IResult>>(() => WriteAsync(provider));
        api.MapGet(Path, async ValueTask<IResult> () => await written.Value).Allow(ApiPolicy.Anonymous)
            .WithName("describe").WithSummary("Read this description").WithDescription("OpenAPI 3.1.").Produces<string>(StatusCodes.Status200OK, "application/json").AnswersETag()
            .WithExample("{\"openapi\":\"3.1.1\"}").Refuses(ApiError.MethodNotAllowed, ApiError.NotReady);
    }

    /// <summary>The name of a document's schema: its type's name, after that of the document it is part of.</summary>
    private static string NameOf(Type type) => type.DeclaringType is { } whole ? NameOf(whole) + type.Name : type.Name;

    /// <summary>A page to try the API. It requires sign-in, because its calls act on the live network.</summary>
    public static void MapSwaggerUi(this IEndpointRouteBuilder app) =>
        app.MapSwaggerUI(TryPath.TrimStart('/'), page =>
        {
            page.DocumentTitle = "Try the API · Presence";
            page.SwaggerEndpoint(".." + Path, "Presence Dashboard");
            page.EnableTryItOutByDefault();
            page.DisplayRequestDuration();
            page.DocExpansion(DocExpansion.List);
            page.DefaultModelsExpandDepth(-1); // each operation shows its schemas
            page.EnableDeepLinking();
            page.ConfigObject.ValidatorUrl = null; // no external validator
            page.ConfigObject.PersistAuthorization = false; // a pasted key is forgotten with the page
        }).RequireAuthorization(ModeratorPolicy.Observe);

    private static async Task<IResult> WriteAsync(IOpenApiDocumentProvider provider)
    {
        var document = Encoding.UTF8.GetBytes(await (await provider.GetOpenApiDocumentAsync()).SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1));
        return Results.Bytes(document, "application/json", entityTag: new($"\"{Convert.ToHexStringLower(SHA256.HashData(document).AsSpan(0, 8))}\""));
    }
}
