using Presence.Dashboard.Authentication.Jwt;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Authentication;

/// <summary>Who a client is: access tokens and server keys.</summary>
internal static class ClientAuthentication
{
    public static void AddClientAuthentication(this WebApplicationBuilder builder, DashboardOptions options)
    {
        var services = builder.Services;
        services.AddSingleton<KeyFolder>();
        services.AddSingleton<SigningKeyFile>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<ClientKey>();
        services.AddSingleton<ServerKeys>();
        services.AddSingleton<GuestIds>();
        services.AddSingleton<AuthTokens>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton(_ => new AccessTokenCache());
        services.AddSingleton<ClientAuthenticator>();
        services.AddSingleton<ClientPaces>();
        services.AddSingleton<CustomerKeys>();
        services.AddSingleton<CustomerTokens>();
        services.AddSingleton<VouchedUsers>();
        services.AddSingleton<ProfileLookups>();
        services.AddHostedService<KeyStart>();
        services.AddHostedService<SigningKeyLoop>();
        services.AddHostedService<VouchedUsersLoop>();
        services.AddHostedService<ProfileLookupsLoop>();
        if (options.Clients.Jwt.JwksUrl is { } address)
        {
            services.AddSingleton(_ => new KeySetClient(new Uri(address)));
            services.AddHostedService<KeySetLoop>();
        }
    }
}
