using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Presence.Dashboard.Tests.Support;

/// <summary>An address that publishes keys, as the customer's sign-in service does: on a real Kestrel, and counting who asks.</summary>
public sealed class KeySetServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _requests;
    private volatile string _reply = """{"keys":[]}""";
    private volatile int _status = 200;

    private KeySetServer(WebApplication app) => _app = app;

    public string Address => _app.Urls.First() + "/jwks.json";

    public int Requests => Volatile.Read(ref _requests);

    public static async Task<KeySetServer> StartAsync(params JsonObject[] keys)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = new KeySetServer(builder.Build());
        server.Publish(keys);
        server._app.MapGet("/{**path}", server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    public void Publish(params JsonObject[] keys)
    {
        _reply = new JsonObject { ["keys"] = new JsonArray([.. keys.Select(key => key.DeepClone())]) }.ToJsonString();
        _status = 200;
    }

    public void Fail(int status, string reply = "")
    {
        _reply = reply;
        _status = status;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        Interlocked.Increment(ref _requests);
        http.Response.StatusCode = _status;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(_reply);
    }
}
