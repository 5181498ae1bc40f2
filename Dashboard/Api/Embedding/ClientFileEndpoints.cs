using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;
using Presence.Dashboard.Api.OpenApi;
using Presence.Dashboard.Authentication;

namespace Presence.Dashboard.Api.Embedding;

/// <summary>Serves the TypeScript client and the widgets.</summary>
internal static class ClientFileEndpoints
{
    /// <summary>The number rises with a change that breaks pages which import from here, and the ones before stay.</summary>
    public const string Folder = "/client/v1/";

    /// <summary>The URL without a version is public, so an update can take an hour to reach browsers.</summary>
    private const string Caching = "public, max-age=3600, stale-while-revalidate=86400";

    private const string CachingForGood = "public, max-age=31536000, immutable";

    /// <summary>Not paced: they cost no more than the files of the dashboard's own pages.</summary>
    public static void MapClientFiles(this IEndpointRouteBuilder api) =>
        api.MapGet(Folder + "{file}", Read).Allow(ApiPolicy.Anonymous).WithOwnRateLimit()
            .WithName("getClientFile").Takes(ApiParameter.OfText("v", "The file's fingerprint. With the current one, the file can be cached permanently.", 16))
            .Produces<string>(StatusCodes.Status200OK, "text/javascript").AnswersHeader("ETag", "The version of the answer.")
            .AnswersHeader("Cache-Control", "How long the file can be cached.").WithExample("export{RoomPresence};").Refuses(ApiError.NotFound, ApiError.MethodNotAllowed);

    /// <summary>Get a script of the client</summary>
    /// <remarks>
    /// <c>presence.js</c> is the client for browsers. <c>stage.js</c> is the same with invitations and raised hands. <c>users.js</c> watches whether users are online. <c>widget.js</c> defines <c>&lt;viewer-count&gt;</c> and
    /// <c>&lt;whos-watching&gt;</c>. The scripts have the server's version. <c>1</c> is the client's major version.
    /// </remarks>
    /// <response code="200">The script, an ES module.</response>
    internal static IResult Read(HttpContext http, string file)
    {
        var headers = http.Response.Headers;
        headers.AccessControlAllowOrigin = "*"; // other origins load modules with CORS
        if (!ClientFiles.All.TryGetValue(file, out var script))
            return new ApiProblem(ApiError.NotFound, $"This file doesn't exist. Available files: {string.Join(", ", ClientFiles.All.Keys.Order(StringComparer.Ordinal))}.");

        var form = script.For(http.Request);
        headers.CacheControl = http.Request.Query["v"] == script.Fingerprint ? CachingForGood : Caching;
        headers.Vary = "Accept-Encoding";
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        if (form.Encoding is { } encoding)
            headers.ContentEncoding = encoding;
        return Results.Bytes(form.Bytes, "text/javascript; charset=utf-8", entityTag: form.Tag);
    }
}

/// <summary>The scripts of the TypeScript client, which the build puts into the assembly: the server and its client are of one version.</summary>
internal static class ClientFiles
{
    private const string Folder = "client/";

    public static readonly IReadOnlyDictionary<string, ClientFile> All = Load();

    private static Dictionary<string, ClientFile> Load()
    {
        var assembly = typeof(ClientFiles).Assembly;
        var files = new Dictionary<string, ClientFile>(StringComparer.Ordinal);
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var script = new byte[stream.Length];
            stream.ReadExactly(script);
            files[resource[Folder.Length..]] = new ClientFile(script);
        }
        return files;
    }
}

/// <summary>One script that other sites import, in the forms it goes over the wire.</summary>
internal sealed class ClientFile
{
    private readonly Form _plain;
    private readonly Lazy<Form> _brotli;
    private readonly Lazy<Form> _gzip;

    public ClientFile(byte[] script)
    {
        Fingerprint = EntityTags.HashOf(script);
        _plain = new Form(script, Encoding: null);
        _brotli = new(() => Compress(script, "br", target => new BrotliStream(target, CompressionLevel.SmallestSize, leaveOpen: true)));
        _gzip = new(() => Compress(script, "gzip", target => new GZipStream(target, CompressionLevel.SmallestSize, leaveOpen: true)));
    }

    /// <summary>Tells this version of the file from every other.</summary>
    public string Fingerprint { get; }

    /// <summary>The smallest form the caller takes.</summary>
    public Form For(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().AcceptEncoding;
        return Takes("br") ? _brotli.Value : Takes("gzip") ? _gzip.Value : _plain;

        bool Takes(string encoding) => accepted.Any(way => way.Quality is not 0 && way.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase));
    }

    private static Form Compress(byte[] script, string encoding, Func<Stream, Stream> compressor)
    {
        using var target = new MemoryStream();
        using (var stream = compressor(target))
            stream.Write(script);
        return new Form(target.ToArray(), encoding);
    }

    /// <param name="Bytes">As sent.</param>
    /// <param name="Encoding">The content coding; null for none.</param>
    internal sealed record Form(byte[] Bytes, string? Encoding)
    {
        public EntityTagHeaderValue Tag { get; } = EntityTags.Of(Bytes);
    }
}

/// <summary>Names a body by what is in it.</summary>
internal static class EntityTags
{
    public static string HashOf(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 8));

    public static EntityTagHeaderValue Of(ReadOnlySpan<byte> body) => new($"\"{HashOf(body)}\"");
}
