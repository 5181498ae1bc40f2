using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Presence.Dashboard.Tests.Support;
using Presence.Engine.Tests.Support;

namespace Presence.Dashboard.Tests.Security;

/// <summary>A large answer nobody takes is cut off; one that is taken slowly, or takes long to make, is not.</summary>
public sealed class SlowAnswerTests : IDisposable
{
    private const int Size = 32 * 1024 * 1024;
    private const int Step = 2 * 1024 * 1024;

    private readonly ManualTimeProvider _time = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _hold = new(0);

    public void Dispose() => _hold.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/api/large")]
    [InlineData("/api/pieces")]
    [InlineData("/large")]
    public async Task Answer_NobodyTakes_IsCutOff(string path)
    {
        await using var host = await StartAsync();
        using var client = await AskAsync(host, path);
        await _begun.Task.WaitAsync(Cancel);

        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(5));
                return _ended.Task.IsCompleted;
            },
            "the answer is cut off");

        Assert.InRange(await TakeAllAsync(client.Client), 0, Size - 1);
        Assert.Empty(host.Log.Faults);
    }

    [Fact]
    public async Task Answer_TakenSlowly_ArrivesWhole()
    {
        await using var host = await StartAsync();
        using var client = await AskAsync(host, "/api/pieces");
        await _begun.Task.WaitAsync(Cancel);
        var buffer = new byte[256 * 1024];
        var taken = 0L;

        while (taken < Size)
        {
            var read = await client.Client.ReceiveAsync(buffer, Cancel);
            Assert.NotEqual(0, read);
            if ((taken + read) / Step > taken / Step)
                _time.Advance(TimeSpan.FromSeconds(10)); // some minutes in all
            taken += read;
        }

        await _ended.Task.WaitAsync(Cancel);
    }

    [Fact]
    public async Task Answer_ThatTakesLongToMake_IsWaitedFor()
    {
        await using var host = await StartAsync();
        using var client = await AskAsync(host, "/api/held");
        await _begun.Task.WaitAsync(Cancel);
        for (var i = 0; i < 20; i++)
            _time.Advance(TimeSpan.FromSeconds(5));

        _hold.Release();
        var buffer = new byte[4096];

        Assert.StartsWith("HTTP/1.1 200", Encoding.ASCII.GetString(buffer, 0, await client.Client.ReceiveAsync(buffer, Cancel)), StringComparison.Ordinal);
    }

    private static async Task<TcpClient> AskAsync(DashboardHost host, string path)
    {
        var client = new TcpClient { ReceiveBufferSize = 16 * 1024 };
        await client.ConnectAsync(host.BaseAddress.Host, host.BaseAddress.Port, Cancel);
        await client.Client.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"), Cancel);
        return client;
    }

    private static async Task<long> TakeAllAsync(Socket socket)
    {
        var buffer = new byte[256 * 1024];
        var taken = 0L;
        try
        {
            while (await socket.ReceiveAsync(buffer, Cancel) is > 0 and var read)
                taken += read;
        }
        catch (SocketException)
        {
            // That is how it is cut off.
        }
        return taken;
    }

    private Task<DashboardHost> StartAsync() => DashboardHost.StartAsync(new DashboardHostOptions
    {
        Time = _time,
        App = app =>
        {
            app.MapGet("/api/large", (HttpContext http) => AnswerAsync(http, Size));
            app.MapGet("/large", (HttpContext http) => AnswerAsync(http, Size)).AllowAnonymous();
            app.MapGet("/api/pieces", (HttpContext http) => AnswerAsync(http, 16 * 1024));
            app.MapGet("/api/held", async () =>
            {
                _begun.TrySetResult();
                await _hold.WaitAsync(Cancel);
                return "done";
            });
        },
    });

    private async Task AnswerAsync(HttpContext http, int piece)
    {
        _begun.TrySetResult();
        var bytes = new byte[piece];
        var written = 0;
        try
        {
            http.Response.ContentLength = Size;
            for (; written < Size && !http.RequestAborted.IsCancellationRequested; written += piece)
                await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
        }
        finally
        {
            _ended.TrySetResult();
        }
    }
}
