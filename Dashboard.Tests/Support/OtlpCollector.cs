using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Presence.Dashboard.Tests.Support;

/// <summary>Takes what a server exports by OTLP over HTTP, on a port of its own.</summary>
public sealed class OtlpCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Path, string Text)> _posts = new();

    private OtlpCollector()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            _posts.Enqueue((http.Request.Path, Encoding.Latin1.GetString(body.ToArray()))); // names and texts stand in it as they are
        });
    }

    public string Address => _app.Urls.Single();

    public string Metrics => Posted("/v1/metrics");

    public string Traces => Posted("/v1/traces");

    public int Posts => _posts.Count;

    public static async Task<OtlpCollector> StartAsync()
    {
        var collector = new OtlpCollector();
        await collector._app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private string Posted(string path) => string.Concat(_posts.Where(post => post.Path == path).Select(post => post.Text));
}
