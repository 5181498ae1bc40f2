using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Presence.Dashboard.Api.Embedding;
using Presence.Dashboard.Tests.Docs;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Api;

/// <summary>The TypeScript client, as the server hands it out.</summary>
public sealed class ClientFileTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private const string Built = "clients/typescript/dist";

    private readonly DashboardHost _host = shared.Host;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, Built), "*.js").Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task File_OfTheClient_IsTheOneThatWasBuilt(string file)
    {
        var answer = await _host.GetAsync("/client/v1/" + file);

        Assert.Equal((200, RepositoryFiles.Read($"{Built}/{file}")), (answer.Status, answer.Body));
        Assert.Equal("text/javascript; charset=utf-8", answer.ContentHeaders.ContentType!.ToString());
        Assert.Equal("*", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("cross-origin", Assert.Single(answer.Headers.GetValues("Cross-Origin-Resource-Policy")));
    }

    [Theory]
    [InlineData("br, gzip", "br")]
    [InlineData("gzip, deflate", "gzip")]
    [InlineData("br;q=0, gzip;q=0.5", "gzip")]
    [InlineData("identity", null)]
    public async Task File_ToACallerThatTakesIt_IsCompressed(string accepted, string? encoding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/client/v1/presence.js");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);

        using var reply = await _host.Client.SendAsync(request, Cancel);

        Assert.Equal(encoding, reply.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal("Accept-Encoding", Assert.Single(reply.Headers.Vary));
        await using var body = await reply.Content.ReadAsStreamAsync(Cancel);
        await using Stream plain = encoding switch
        {
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            _ => body,
        };
        using var reader = new StreamReader(plain, Encoding.UTF8);
        Assert.Equal(RepositoryFiles.Read($"{Built}/presence.js"), await reader.ReadToEndAsync(Cancel));
    }

    [Fact]
    public async Task File_ByItsFingerprint_IsForGoodAndByItsNameIsAskedForAgain()
    {
        var fingerprint = ClientFiles.All["presence.js"].Fingerprint;

        var byName = await _host.GetAsync("/client/v1/presence.js");
        var forGood = await _host.GetAsync("/client/v1/presence.js?v=" + fingerprint);
        var byAnother = await _host.GetAsync("/client/v1/presence.js?v=0123456789abcdef");

        Assert.Equal("public, max-age=3600, stale-while-revalidate=86400", byName.Headers.CacheControl!.ToString());
        Assert.Equal("public, max-age=31536000, immutable", forGood.Headers.CacheControl!.ToString());
        Assert.Equal(byName.Headers.CacheControl, byAnother.Headers.CacheControl);
        Assert.Equal(304, (await _host.GetAsync("/client/v1/presence.js", headers: ("If-None-Match", byName.Headers.ETag!.ToString()))).Status);
    }

    [Fact]
    public async Task File_ThatIsNone_IsRefusedWithThoseThereAre()
    {
        foreach (var path in new[] { "/client/v1/presence.ts", "/client/v1/..%2Fsecret", "/client/v2/presence.js" })
            (await _host.GetAsync(path)).IsRefusal(404, 400400);
        Assert.Contains("presence.js, react.js, stage.js, timer-worker.js, users.js, widget.js", (await _host.GetAsync("/client/v1/x")).Message, StringComparison.Ordinal);
        (await _host.PostAsync("/client/v1/presence.js")).IsRefusal(405, 499405);
    }

    [Fact]
    public void Folder_OfTheFiles_NamesTheClientsMajorVersion() =>
        Assert.Equal(ClientFileEndpoints.Folder, $"/client/v{JsonNode.Parse(RepositoryFiles.Read("clients/typescript/package.json"))!["version"]!.GetValue<string>().Split('.')[0]}/");
}
