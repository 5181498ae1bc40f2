using System.Collections.Concurrent;
using System.Text;
using Microsoft.Playwright;

namespace Presence.Dashboard.Tests.Browser;

/// <summary>The connection of a page's circuit, on which the server can be kept from being heard while it still hears.</summary>
public sealed class FrozenRow
{
    private readonly ConcurrentQueue<byte[]> _held = new();
    private volatile bool _isHeld;

    /// <summary>Of every circuit the page opens from now on.</summary>
    public static async Task<FrozenRow> OpenAsync(IPage page)
    {
        var line = new FrozenRow();
        await page.RouteWebSocketAsync("**/_blazor?*", browser =>
        {
            var server = browser.ConnectToServer();
            browser.OnMessage(frame => Pass(frame, server));
            server.OnMessage(frame =>
            {
                if (line._isHeld)
                    line._held.Enqueue(frame.Binary ?? Encoding.UTF8.GetBytes(frame.Text!));
                else
                    Pass(frame, browser);
            });
        });
        return line;
    }

    /// <summary>From now on the page hears nothing.</summary>
    public void Hold() => _isHeld = true;

    /// <summary>Whether the server said something the page did not hear.</summary>
    public bool Holds(string text) => _held.Any(frame => frame.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    private static void Pass(IWebSocketFrame frame, IWebSocketRoute to)
    {
        if (frame.Binary is { } binary)
            to.Send(binary);
        else
            to.Send(frame.Text!);
    }
}
