using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.OpenApi;
using Presence.Dashboard.Authentication;

namespace Presence.Dashboard.Api.OpenApi;

/// <summary>The OpenAPI document. Public, because it contains nothing that the documentation doesn't.</summary>
internal static class DescriptionEndpoints
{
    public const string Path = "/openapi/v1.json";
    private const string Document = "v1";

    public static void AddDescription(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            json.SerializerOptions.NumberHandling = ApiJson.Default.Options.NumberHandling;
        });
        services.TryAddEnumerable(ServiceDescriptor.Transient<IApiDescriptionProvider, RouteDescriptionProvider>());
        services.AddOpenApi(Document, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.ShouldInclude = route => route.ActionDescriptor.EndpointMetadata.OfType<ApiPolicy>().Any();
            options.CreateSchemaReferenceId = type => type.Kind == JsonTypeInfoKind.Object ? NameOf(type.Type) : null;
            options.AddOperationTransformer<OperationTransformer>();
            options.AddDocumentTransformer<DocumentTransformer>();
            options.AddSchemaTransformer<SchemaTransformer>();
        });
    }

    public static void MapDescription(this IEndpointRouteBuilder api)
    {
        var provider = api.ServiceProvider.GetRequiredKeyedService<IOpenApiDocumentProvider>(Document);
        // Written once, because anyone can request it and writing costs more than a thousand heartbeats.
        var written = new Lazy<Task<byte[]>>(() => WriteAsync(provider));
        api.MapGet(Path, async ValueTask<IResult> () => Answer(await written.Value)).Allow(ApiPolicy.Anonymous)
            .WithName("describe").WithSummary("Read this description").WithDescription("OpenAPI 3.1.").Produces<string>(StatusCodes.Status200OK, "application/json").AnswersETag()
            .WithExample("{\"openapi\":\"3.1.1\"}").Refuses(ApiError.MethodNotAllowed, ApiError.NotReady);
    }

    /// <summary>What documents are called in the description: their type's name, behind that of the document they are part of.</summary>
    private static string NameOf(Type type) => type.DeclaringType is { } whole ? NameOf(whole) + type.Name : type.Name;

    private static IResult Answer(byte[] document) =>
        Results.Bytes(document, "application/json", entityTag: new($"\"{Convert.ToHexStringLower(SHA256.HashData(document).AsSpan(0, 8))}\""));

    private static async Task<byte[]> WriteAsync(IOpenApiDocumentProvider provider)
    {
        var document = await provider.GetOpenApiDocumentAsync();
        var text = new StringWriter(CultureInfo.InvariantCulture);
        document.SerializeAsV31(new OpenApiJsonWriter(text));
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
