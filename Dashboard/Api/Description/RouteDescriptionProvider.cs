using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Presence.Dashboard.Api.Contracts;
using Presence.Dashboard.Authentication;

namespace Presence.Dashboard.Api.Description;

/// <summary>Tells the framework which documents a route reads and answers; it finds the rest of the schemas from there.</summary>
/// <remarks>
/// The framework's own metadata for a body would also make routing refuse other content types, before the route can, which
/// lets an empty body pass with any.
/// </remarks>
internal sealed class RouteDescriptionProvider : IApiDescriptionProvider
{
    private const string Json = "application/json";

    /// <summary>After the provider that finds the routes.</summary>
    public int Order => int.MaxValue;

    public void OnProvidersExecuting(ApiDescriptionProviderContext context)
    {
        // Everything is added once the routes are found.
    }

    public void OnProvidersExecuted(ApiDescriptionProviderContext context)
    {
        foreach (var description in context.Results)
        {
            if (description.ActionDescriptor.EndpointMetadata.OfType<RouteDescription>().FirstOrDefault() is { } route)
                Complete(description, route);
        }
    }

    public static bool IsOfPath(ApiParameterDescription parameter) => parameter.Source == BindingSource.Path;

    private static void Complete(ApiDescription description, RouteDescription route)
    {
        if (route.Body is { } body)
        {
            description.ParameterDescriptions.Add(new ApiParameterDescription { Name = "body", Source = BindingSource.Body, Type = body.Type ?? typeof(string), IsRequired = !body.IsOptional });
            foreach (var mediaType in body.MediaTypes)
                description.SupportedRequestFormats.Add(new ApiRequestFormat { MediaType = mediaType });
        }

        var policy = description.ActionDescriptor.EndpointMetadata.OfType<ApiPolicy>().Single();
        description.SupportedResponseTypes.Clear();
        description.SupportedResponseTypes.Add(Response(route.Answer.Status, route.Answer.MediaType is null ? typeof(void) : route.Answer.Type ?? typeof(string), route.Answer.MediaType));
        foreach (var status in route.AllErrors(policy, description.ParameterDescriptions.Any(IsOfPath)).Select(error => error.Status).Distinct().Order())
            description.SupportedResponseTypes.Add(Response(status, typeof(ErrorDocument), Json));
    }

    private static ApiResponseType Response(int status, Type type, string? mediaType) => new()
    {
        StatusCode = status,
        Type = type,
        ApiResponseFormats = mediaType is null ? [] : [new ApiResponseFormat { MediaType = mediaType }],
    };
}
