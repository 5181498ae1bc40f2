namespace Presence.Client.Http;

/// <summary>The connections of an app that brings none of its own.</summary>
internal static class DefaultHttp
{
    public static HttpClient Create()
    {
#if NET
        if (OperatingSystem.IsBrowser())
            return new HttpClient();

        // Heartbeats keep a connection busy for ever, and with it an address that may have moved: so it is made anew now and then.
        return new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
#else
        return new HttpClient(new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false });
#endif
    }
}
