using Presence.Dashboard.Accounts;
using Swashbuckle.AspNetCore.SwaggerUI;

namespace Presence.Dashboard.Api.OpenApi;

/// <summary>A page to try the API on, made from its description. Behind sign-in: who tries it here acts on the live network.</summary>
internal static class SwaggerUi
{
    public const string Route = "/try";

    public static void MapSwaggerUi(this IEndpointRouteBuilder app) =>
        app.MapSwaggerUI(Route.TrimStart('/'), page =>
        {
            page.DocumentTitle = "Try the API · Presence";
            page.SwaggerEndpoint(".." + DescriptionEndpoints.Path, "Presence Dashboard");
            page.EnableTryItOutByDefault();
            page.DisplayRequestDuration();
            page.DocExpansion(DocExpansion.List);
            page.DefaultModelsExpandDepth(-1); // each operation shows its schemas
            page.EnableDeepLinking();
            page.ConfigObject.ValidatorUrl = null; // no external validator
            page.ConfigObject.PersistAuthorization = false; // a pasted key is forgotten with the page
        }).RequireAuthorization(ModeratorPolicy.Observe);
}
