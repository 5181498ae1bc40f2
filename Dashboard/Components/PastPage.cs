using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Live;

namespace Presence.Dashboard.Components;

/// <summary>What a page or a part of it reads by itself: the latest reading, and how the last attempt ended.</summary>
/// <remarks>
/// What was read last stays while another reading is under way, and when it fails. Only the latest counts: another one gives up the
/// one before. <b>Threads.</b> The circuit's.
/// </remarks>
/// <typeparam name="TReading">What one read brings.</typeparam>
internal sealed class LatestReading<TReading> : IDisposable
    where TReading : class
{
    private CancellationTokenSource _reading = new();

    /// <summary>Null while the first one is under way or failed.</summary>
    public TReading? Value { get; private set; }

    /// <summary>Whether one is under way.</summary>
    public bool IsReading { get; private set; }

    /// <summary>Whether the latest one failed.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Whether the account may no longer see this.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>Forgets what was read: it is not to be shown any more.</summary>
    public void Clear() => (Value, HasFailed, IsRefused) = (null, false, false);

    /// <returns>Whether it is the latest and brought something.</returns>
    /// <param name="read">Brings a reading.</param>
    /// <param name="failures">What is told of a failure.</param>
    /// <param name="problem">The sentence that says what could not be read.</param>
    public async Task<bool> ReadAsync(Func<CancellationToken, Task<TReading>> read, PageFailures failures, string problem)
    {
        await _reading.CancelAsync();
        _reading.Dispose();
        var token = (_reading = new CancellationTokenSource()).Token;
        IsReading = true;
        var (value, hasFailed, isRefused) = ((TReading?)null, false, false);
        try
        {
            value = await read(token);
        }
        catch (AccessRefusedException)
        {
            isRefused = true;
        }
#pragma warning disable CA1031 // any failure: who reads says so and offers a retry
        catch (Exception failure) when (!token.IsCancellationRequested)
#pragma warning restore CA1031
        {
            failures.Note(failure, problem);
            hasFailed = true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        if (token.IsCancellationRequested)
            return false;
        (Value, HasFailed, IsRefused, IsReading) = (hasFailed ? Value : value, hasFailed, isRefused, false);
        return value is not null;
    }

    public void Dispose()
    {
        _reading.Cancel();
        _reading.Dispose();
    }
}

/// <summary>
/// A page that looks back: reads when its address changes, and every few seconds while what it shows goes on and its tab is
/// visible.
/// </summary>
/// <typeparam name="TReading">What one read brings.</typeparam>
public abstract class PastPage<TReading> : ComponentBase, IDisposable
    where TReading : class
{
    /// <summary>A minute is written once a minute; a number that moves more often would only be restless.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _closing = new();
    private readonly LatestReading<TReading> _latest = new();
    private string? _asked;
    private string? _subject;

    /// <inheritdoc cref="LatestReading{TReading}.Value"/>
    protected TReading? Reading => _latest.Value;

    /// <inheritdoc cref="LatestReading{TReading}.IsReading"/>
    protected bool IsReading => _latest.IsReading;

    /// <inheritdoc cref="LatestReading{TReading}.HasFailed"/>
    protected bool HasFailed => _latest.HasFailed;

    /// <inheritdoc cref="LatestReading{TReading}.IsRefused"/>
    protected bool IsRefused => _latest.IsRefused;

    /// <summary>What is read: another address that says the same reads nothing.</summary>
    protected abstract string Asked { get; }

    /// <summary>What may not be shown under another address: readings of another subject go at once.</summary>
    protected virtual string Subject => "";

    /// <summary>Whether what is shown goes on.</summary>
    protected abstract bool GoesOn { get; }

    [Inject]
    protected TimeProvider Time { get; set; } = default!;

    [Inject]
    private PageVisibility Visibility { get; set; } = default!;

    [Inject]
    private protected PageFailures Failures { get; set; } = default!;

    protected abstract Task<TReading> ReadAsync(CancellationToken cancellationToken);

    protected override Task OnParametersSetAsync()
    {
        var asked = Asked;
        if (string.Equals(asked, _asked, StringComparison.Ordinal))
            return Task.CompletedTask;
        if (!string.Equals(_subject, Subject, StringComparison.Ordinal))
            _latest.Clear();
        (_asked, _subject) = (asked, Subject);
        return RefreshAsync();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _ = KeepUpAsync(_closing.Token);
    }

    /// <summary>Reads again.</summary>
    protected Task RefreshAsync() => _latest.ReadAsync(ReadAsync, Failures, $"{GetType().Name} couldn't be loaded.");

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        _closing.Cancel();
        _closing.Dispose();
        _latest.Dispose();
    }

    private async Task KeepUpAsync(CancellationToken closing)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Pause, Time, closing);
                await Visibility.WaitUntilVisibleAsync(closing);
                if (!GoesOn || IsReading)
                    continue;
                await InvokeAsync(async () =>
                {
                    await RefreshAsync();
                    StateHasChanged();
                });
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }
}
