using Microsoft.AspNetCore.Components;

namespace Presence.Dashboard.Components;

/// <summary>
/// Writes into the address what somebody is still choosing, once they pause: a key or a slider moves many times a second, and
/// browsers refuse a page that rewrites its address a hundred times within half a minute.
/// </summary>
/// <remarks><b>Threads.</b> The circuit's.</remarks>
internal sealed class AddressPen(NavigationManager navigation, TimeProvider time) : IDisposable
{
    /// <summary>Long enough to type a syllable, short enough to feel at once.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private CancellationTokenSource? _waiting;

    /// <summary>Writes one parameter, beside the others as they are by then, unless another is written first or the page is left.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="value">Its value; null takes it away.</param>
    public async Task WriteSoonAsync(string name, string? value)
    {
        Dispose();
        var waiting = _waiting = new CancellationTokenSource();
        try
        {
            await Task.Delay(Pause, time, waiting.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        navigation.NavigateTo(navigation.GetUriWithQueryParameter(name, value), replace: true);
    }

    public void Dispose()
    {
        _waiting?.Cancel();
        _waiting?.Dispose();
        _waiting = null;
    }
}
