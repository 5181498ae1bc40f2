namespace Presence.Dashboard.Authentication;

/// <summary>Who a client is: access tokens and server keys.</summary>
internal static class ClientAuthentication
{
    public static void AddClientAuthentication(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<KeyFolder>();
        services.AddSingleton<SigningSecrets>();
        services.AddSingleton<ClientKey>();
        services.AddSingleton<ServerKeys>();
        services.AddSingleton<GuestIds>();
        services.AddSingleton<AuthTokens>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton(_ => new AccessTokenCache());
        services.AddSingleton<ClientAuthenticator>();
        services.AddSingleton<ClientPaces>();
        services.AddHostedService<KeyStart>();
    }
}
