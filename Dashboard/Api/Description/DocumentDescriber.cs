using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Api.Description;

/// <summary>Writes what the description says of the API as a whole.</summary>
internal sealed class DocumentDescriber(PublicAddress address) : IOpenApiDocumentTransformer
{
    private const string Text =
        """
        Who is watching which live room, and how many. Viewers' clients send a heartbeat while they watch; the server counts
        them, lists them, and forgets them when heartbeats stop.

        Instants are ISO 8601 in UTC; durations carry their unit in their name. Every refusal has one shape,
        `{"status":"error","code":...,"message":"...","data":{...}}`, from whichever layer it comes; clients tell refusals apart
        by `code`. Lists page by an opaque `cursor`.
        """;

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Presence Dashboard",
            Version = "1",
            Description = Text,
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        // Relative: the server that answers is the server described, by whatever name it is reached.
        document.Servers = [new OpenApiServer { Url = address.ToString() ?? "/", Description = "This server" }];
        document.Tags = RouteGroups.All.Select(group => new OpenApiTag { Name = group.Name, Description = group.Text }).ToHashSet();
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = SecuritySchemes.All;
        return Task.CompletedTask;
    }
}
