using Microsoft.OpenApi;
using Presence.Dashboard.Authentication;

namespace Presence.Dashboard.Api.Description;

/// <summary>The ways a caller says who it is.</summary>
internal static class SecuritySchemes
{
    private const string AccessToken = "accessToken";
    private const string ServerKey = "serverKey";
    private const string ServerKeyHeader = "serverKeyHeader";

    public static IDictionary<string, IOpenApiSecurityScheme> All => new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
    {
        [AccessToken] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = "The access token of a login, or a JWT your backend signed. Acts as its subject and nobody else.",
        },
        [ServerKey] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "A server key. For your backend alone: it may name any user.",
        },
        [ServerKeyHeader] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = "x-server-key",
            Description = "A server key, where the Authorization header is taken.",
        },
    };

    public static IList<OpenApiSecurityRequirement> For(ApiPolicy policy, OpenApiDocument document)
    {
        if (policy == ApiPolicy.Anonymous)
            return [new OpenApiSecurityRequirement()];
        List<OpenApiSecurityRequirement> ways = [];
        if (policy.AllowsViewers)
            ways.Add(Requirement(AccessToken, document));
        if (policy.AllowsServers)
            ways.AddRange([Requirement(ServerKey, document), Requirement(ServerKeyHeader, document)]);
        return ways;
    }

    private static OpenApiSecurityRequirement Requirement(string scheme, OpenApiDocument document) => new() { [new OpenApiSecuritySchemeReference(scheme, document)] = [] };
}
