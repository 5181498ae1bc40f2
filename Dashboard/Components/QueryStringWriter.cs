using Microsoft.AspNetCore.Components;

namespace Presence.Dashboard.Components;

/// <summary>
/// Writes a changing choice into the address after a pause: a key or a slider moves many times a second, and
/// browsers refuse a page that rewrites its address a hundred times within half a minute.
/// </summary>
/// <param name="navigation">Holds the address.</param>
/// <param name="time">Measures the pause.</param>
/// <param name="parameter">The one parameter of the address it writes.</param>
/// <remarks>
/// <para><b>Guarantee.</b> What was written comes back as a parameter a round trip later, when somebody may have chosen on. That
/// echo is known, so that it is never put over what was chosen meanwhile; any other change of the address is foreign.</para>
/// <para><b>Threads.</b> The circuit's.</para>
/// </remarks>
internal sealed class QueryStringWriter(NavigationManager navigation, TimeProvider time, string parameter) : IDisposable
{
    /// <summary>Long enough to type a syllable, short enough to feel at once.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // Written values whose navigation isn't back yet: one per pause within a round trip.
    private readonly Queue<string?> _underWay = new();
    private string? _known;
    private CancellationTokenSource? _waiting;

    /// <summary>To be asked whenever parameters are set: whether the value is new and somebody else's, a link's or the way back's.</summary>
    /// <param name="value">The value in the address, or null.</param>
    public bool IsForeign(string? value)
    {
        if (string.Equals(value, _known, StringComparison.Ordinal))
            return false;
        _known = value;
        if (!_underWay.Contains(value, StringComparer.Ordinal))
            return _waiting is null;
        while (!string.Equals(_underWay.Dequeue(), value, StringComparison.Ordinal))
        {
            // An earlier value, overtaken by this one.
        }
        return false;
    }

    /// <summary>Writes it, beside the other parameters as they are by then, unless another is written first or the page is left.</summary>
    /// <param name="value">The value; null takes the parameter away.</param>
    public async Task WriteSoonAsync(string? value)
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
        Dispose();
        // The same address causes no navigation.
        if (string.Equals(value, _underWay.LastOrDefault(_known), StringComparison.Ordinal))
            return;
        _underWay.Enqueue(value);
        navigation.NavigateTo(navigation.GetUriWithQueryParameter(parameter, value), replace: true);
    }

    public void Dispose()
    {
        _waiting?.Cancel();
        _waiting?.Dispose();
        _waiting = null;
    }
}
