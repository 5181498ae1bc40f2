using System.IO.Compression;
using Microsoft.Net.Http.Headers;

namespace Presence.Dashboard.Api.Embedding;

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
