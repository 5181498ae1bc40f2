using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Live;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Components.Shared;

/// <summary>A room's public link: making it, what to paste where, what the badge looks like now, and taking it back.</summary>
public sealed partial class EmbedSection : IDisposable
{
    /// <summary>As long as a badge may be cached: looking more often shows nothing new.</summary>
    private const int TicksBetweenPreviews = 5;

    private readonly CancellationTokenSource _closing = new();
    private PublicLinkViewModel? _reading;
    private string? _room;
    private string? _problem;
    private EmbedQuestion _asked;
    private int _ticks;
    private bool _hasFailed;
    private bool _isBusy;

    [Parameter, EditorRequired]
    public string RoomId { get; set; } = "";

    [Inject]
    private PublicLinkAdministration Links { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private PublicAddress Address { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private CircuitClock Clock { get; set; } = default!;

    [Inject]
    private PageVisibility Visibility { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    protected override async Task OnParametersSetAsync()
    {
        if (string.Equals(_room, RoomId, StringComparison.Ordinal))
            return;
        (_room, _asked, _problem) = (RoomId, EmbedQuestion.None, null);
        await ReadAsync();
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            Clock.Subscribe(OnTick);
    }

    public void Dispose()
    {
        Clock.Unsubscribe(OnTick);
        _closing.Cancel();
        _closing.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            _reading = await Links.ReadAsync(RoomId);
            _hasFailed = false;
        }
        catch (AccessRefusedException)
        {
            _hasFailed = true; // the surrounding page shows the failure
        }
#pragma warning disable CA1031 // any failure: the section says so and offers a retry
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Failures.Note(failure, "A public link couldn't be loaded.");
            _hasFailed = true;
        }
    }

    private Task MakeAsync() => ChangeAsync(async cancellation => await Links.MakeAsync(RoomId, showsNames: false, cancellation));

    private Task ShowNamesAsync(bool on) => ChangeAsync(async cancellation => await Links.ShowNamesAsync(RoomId, on, cancellation));

    private Task AnswerAsync() => _asked == EmbedQuestion.Renew
        ? ChangeAsync(async cancellation => await Links.MakeAsync(RoomId, _reading?.Link?.ShowsNames == true, cancellation))
        : ChangeAsync(async cancellation =>
        {
            await Links.RevokeAsync(RoomId, cancellation);
            return null;
        });

    private async Task ChangeAsync(Func<CancellationToken, Task<PublicLink?>> change)
    {
        (_isBusy, _problem) = (true, null);
        try
        {
            _reading = new PublicLinkViewModel(await change(_closing.Token), MayChange: true);
            _asked = EmbedQuestion.None;
        }
        catch (AccessRefusedException)
        {
            _problem = EmbedTexts.NoAccess;
        }
        catch (StoreFullException full)
        {
            _problem = Sentence.With(EmbedTexts.Full, Numbers.Count(full.Most));
        }
#pragma warning disable CA1031 // any failure: the page says so and offers a retry
        catch (Exception failure) when (!_closing.IsCancellationRequested)
#pragma warning restore CA1031
        {
            _problem = Failures.Tell(failure, "A public link couldn't be changed.", EmbedTexts.NotSaved);
        }
        finally
        {
            _isBusy = false;
        }
    }

    private void Ask(EmbedQuestion question) => _asked = question;

    private void OnTick()
    {
        if (Interlocked.Increment(ref _ticks) % TicksBetweenPreviews == 0 && Visibility.IsVisible)
            _ = InvokeAsync(ShowPreview);
    }

    private void ShowPreview()
    {
        if (_reading?.Link is not null && !_closing.IsCancellationRequested)
            StateHasChanged();
    }

    /// <summary>Another address each time, or the browser shows the image it has.</summary>
    private string PreviewAddress(PublicLink link) => $"badge/{link.Code}.svg?at={_ticks / TicksBetweenPreviews}";

    private string BadgeHtml(PublicLink link) => $"""<img src="{Address.ToShare(Navigation)}badge/{link.Code}.svg" alt="{EmbedTexts.PreviewAlt}" height="22">""";

    private string WidgetHtml(PublicLink link)
    {
        var element = link.ShowsNames ? "whos-watching" : "viewer-count";
        return $"""
            <script type="module" src="{Address.ToShare(Navigation)}client/v1/widget.js"></script>
            <{element} room="{link.Code}"></{element}>
            """;
    }
}

/// <summary>What a moderator is asked to confirm, since it ends what other sites show.</summary>
public enum EmbedQuestion
{
    None,
    Renew,
    Revoke,
}
