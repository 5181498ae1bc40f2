namespace Presence.Client.Http;

/// <summary>A request before it is one of a connection: it may have to be sent twice.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">Path and query, below the server's address.</param>
internal sealed record ApiRequest(HttpMethod Method, string Path)
{
    /// <summary>JSON, in UTF-8.</summary>
    public byte[]? Body { get; init; }

    public string? Accept { get; init; }

    public string? IfMatch { get; init; }

    /// <summary>A header that says who asks, in place of a token.</summary>
    public (string Name, string Value)? Key { get; init; }

    public static ApiRequest Get(string path) => new(HttpMethod.Get, path);
}
