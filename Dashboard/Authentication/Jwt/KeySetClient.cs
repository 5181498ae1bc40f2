namespace Presence.Dashboard.Authentication.Jwt;

/// <summary>Fetches the key set from the one address the configuration names.</summary>
internal sealed class KeySetClient : IDisposable
{
    private const int LargestReply = 256 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly Uri _address;

    // No redirects: the address is the whole trust there is. Connections end soon, so that a change of DNS is noticed.
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1), ConnectTimeout = Timeout })
    {
        Timeout = Timeout,
        MaxResponseContentBufferSize = LargestReply,
    };

    public KeySetClient(Uri address)
    {
        _address = address;
        _http.DefaultRequestHeaders.Accept.ParseAdd("application/jwk-set+json, application/json");
    }

    /// <exception cref="HttpRequestException">It did not answer 200, or with too much.</exception>
    /// <exception cref="FormatException">The answer is no key set.</exception>
    public async Task<IReadOnlyList<TokenKey>> FetchAsync(CancellationToken cancellationToken)
    {
        using var reply = await _http.GetAsync(_address, cancellationToken);
        if (reply.StatusCode != System.Net.HttpStatusCode.OK)
            throw new HttpRequestException($"{_address} answered {(int)reply.StatusCode}.");
        return KeySetDocument.Read(await reply.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    public void Dispose() => _http.Dispose();
}
