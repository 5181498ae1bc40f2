namespace Presence.Dashboard.Authentication;

/// <summary>Who a client is: access tokens and server keys.</summary>
internal static class ClientAuthentication
{
    public static void AddClientAuthentication(this WebApplicationBuilder builder) => _ = builder;
}
