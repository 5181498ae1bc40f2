using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Presence.Dashboard.Tests.Support;

/// <summary>One connection over a <see cref="NetworkProxy"/>. What is sent while earlier bytes are still on their way follows right behind them.</summary>
internal sealed class NetworkProxyConnection(TcpClient browser, IPEndPoint serverAddress, TimeSpan delay, Gate gate) : IDisposable
{
    private readonly CancellationTokenSource _ended = new();

    /// <summary>Breaks off, both ways.</summary>
    public void End()
    {
        try
        {
            _ended.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It came to its own end meanwhile.
        }
    }

    public void Dispose() => _ended.Dispose();

    public async Task CarryAsync()
    {
        using var server = new TcpClient { NoDelay = true };
        browser.NoDelay = true;
        try
        {
            await server.ConnectAsync(serverAddress, _ended.Token);
            await Task.WhenAll(OneWayAsync(browser, server), OneWayAsync(server, browser));
        }
        catch (Exception over) when (over is IOException or SocketException or InvalidOperationException or OperationCanceledException or ChannelClosedException)
        {
            // One end broke off, or it was cut (a stream of what is no longer connected is an invalid operation); either way it is over for both.
        }
        finally
        {
            browser.Dispose();
        }
    }

    private async Task OneWayAsync(TcpClient from, TcpClient to)
    {
        var onTheWay = Channel.CreateUnbounded<(long At, byte[] Bytes)>(); // bounded by what a page sends within the delay
        var reading = ReadAsync(from.GetStream(), onTheWay.Writer);
        try
        {
            await foreach (var (at, bytes) in onTheWay.Reader.ReadAllAsync(_ended.Token))
            {
                if (delay - TimeProvider.System.GetElapsedTime(at) is { Ticks: > 0 } left)
                    await Task.Delay(left, TimeProvider.System, _ended.Token);
                await gate.PassAsync(_ended.Token);
                await to.GetStream().WriteAsync(bytes, _ended.Token);
            }
            to.Client.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            await _ended.CancelAsync();
            throw;
        }
        finally
        {
            await reading;
        }
    }

    private async Task ReadAsync(NetworkStream from, ChannelWriter<(long At, byte[] Bytes)> onTheWay)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, _ended.Token) is > 0 and var read)
                onTheWay.TryWrite((TimeProvider.System.GetTimestamp(), buffer[..read]));
            onTheWay.Complete();
        }
        catch (Exception over) when (over is IOException or OperationCanceledException or ObjectDisposedException)
        {
            onTheWay.Complete(over);
        }
    }
}
