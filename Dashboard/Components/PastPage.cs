using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Live;

namespace Presence.Dashboard.Components;

/// <summary>
/// A page that looks back: reads when its address changes, and every few seconds while what it shows goes on and its tab is
/// visible. What was read last stays on screen while another reading is under way, and when it fails.
/// </summary>
/// <remarks>Only the latest reading counts: an address that changes gives up the one before.</remarks>
/// <typeparam name="TReading">What one read brings.</typeparam>
public abstract class PastPage<TReading> : ComponentBase, IDisposable
    where TReading : class
{
    /// <summary>A minute is written once a minute; a number that moves more often would only be restless.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _closing = new();
    private CancellationTokenSource _reading = new();
    private string? _asked;
    private string? _subject;

    /// <summary>The latest reading; null while the first one is under way or failed.</summary>
    protected TReading? Reading { get; private set; }

    /// <summary>Whether one is under way.</summary>
    protected bool IsReading { get; private set; }

    /// <summary>Whether the latest read failed.</summary>
    protected bool HasFailed { get; private set; }

    /// <summary>Whether the account may no longer see this page.</summary>
    protected bool IsRefused { get; private set; }

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
            (Reading, HasFailed, IsRefused) = (null, false, false);
        (_asked, _subject) = (asked, Subject);
        return RefreshAsync();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _ = KeepUpAsync(_closing.Token);
    }

    /// <summary>Reads again.</summary>
    protected async Task RefreshAsync()
    {
        await _reading.CancelAsync();
        _reading.Dispose();
        _reading = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        var token = _reading.Token;
        IsReading = true;
        try
        {
            var reading = await ReadAsync(token);
            if (!token.IsCancellationRequested)
                (Reading, HasFailed, IsRefused) = (reading, false, false);
        }
        catch (AccessRefusedException)
        {
            (Reading, IsRefused) = (null, true);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return; // another one is under way
        }
#pragma warning disable CA1031 // any failure: the page says so and offers a retry
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Failures.Note(failure, $"{GetType().Name} couldn't be loaded.");
            HasFailed = !token.IsCancellationRequested;
        }
        IsReading = token.IsCancellationRequested;
    }

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
        _reading.Dispose();
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
