using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Presence.Dashboard.Tests.Docs;
using Presence.Dashboard.Tests.Support;

namespace Presence.Dashboard.Tests.Webhooks;

/// <summary>One request as a receiver gets it.</summary>
internal sealed record ReceivedWebhook(string To, string Id, string Timestamp, string Signature, string Body)
{
    public JsonNode Json { get; } = JsonNode.Parse(Body)!;

    public string Type => Json["type"]!.GetValue<string>();

    /// <summary>What the Standard Webhooks project's own library says to requests, each with a secret: "ok", or why it is refused.</summary>
    public static async Task<string[]> VerifyAsync(params IEnumerable<(ReceivedWebhook Request, string Secret)> requests)
    {
        var cancel = TestContext.Current.CancellationToken;
        var folder = Path.Combine(RepositoryFiles.Root, "Dashboard.Tests");
        Assert.True(Directory.Exists(Path.Combine(folder, "node_modules/standardwebhooks")), "The library is missing: run npm ci in Dashboard.Tests, as ./test.sh does.");
        var start = new ProcessStartInfo("node", ["Webhooks/verify.cjs"]) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var input = requests.Select(pair => new
        {
            secret = pair.Secret,
            body = pair.Request.Body,
            headers = new Dictionary<string, string> { ["webhook-id"] = pair.Request.Id, ["webhook-timestamp"] = pair.Request.Timestamp, ["webhook-signature"] = pair.Request.Signature },
        });
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(input).AsMemory(), cancel);
        process.StandardInput.Close();
        var answer = await process.StandardOutput.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        return JsonSerializer.Deserialize<string[]>(answer)!;
    }
}

/// <summary>Receivers of webhooks over real TLS: each path answers as a test says, 204 where nothing is said.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly HostileHttpsServer _server;

    private WebhookReceiver(HostileHttpsServer server) => _server = server;

    /// <summary>What came, in order, also what was not answered well.</summary>
    public ConcurrentQueue<ReceivedWebhook> Received { get; } = new();

    public HostileHttpsServer Server => _server;

    public static async Task<WebhookReceiver> StartAsync() => new(await HostileHttpsServer.StartAsync());

    public string UrlOf(string path, Func<HttpContext, ReceivedWebhook, Task>? answer = null)
    {
        _server.Answer(path, async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            var request = new ReceivedWebhook(path, http.Request.Headers["webhook-id"]!, http.Request.Headers["webhook-timestamp"]!, http.Request.Headers["webhook-signature"]!, await reader.ReadToEndAsync());
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            if (answer is not null)
                await answer(http, request);
            Received.Enqueue(request);
        });
        return _server.UrlOf(path);
    }

    public IReadOnlyList<ReceivedWebhook> At(string path) => [.. Received.Where(request => request.To == path)];

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
