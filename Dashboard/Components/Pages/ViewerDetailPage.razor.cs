using Microsoft.AspNetCore.Components;
using MudBlazor;
using Presence.Dashboard.Accounts;
using Presence.Dashboard.Components.Dialogs;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;

namespace Presence.Dashboard.Components.Pages;

/// <summary>One user: everywhere it is now, on what, since when, and what keeps it out.</summary>
public sealed partial class ViewerDetailPage
{
    private string _outcome = "";

    [Parameter]
    public string? UserId { get; set; }

    /// <summary>For ids that cannot stand in a path, see <see cref="ViewerLinks"/>.</summary>
    [SupplyParameterFromQuery(Name = "id")]
    private string? UserIdInQuery { get; set; }

    [Inject]
    private ViewerDetailQuery Reader { get; set; } = default!;

    [Inject]
    private ViewerModeration Moderation { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

    [Inject]
    private PageFailures Failures { get; set; } = default!;

    protected override string Watched => Id;

    private string Id => UserId ?? UserIdInQuery ?? "";

    private string Name => ViewerNames.Of(Reading?.Profile, Reading?.IsGuest == true, Id);

    private string Where
    {
        get
        {
            var places = Reading!.Places.Count;
            var rooms = places == 0 ? ViewerTexts.Nowhere : Sentence.With(ViewerTexts.InRooms, Numbers.Of(places, ViewerTexts.RoomsOne, ViewerTexts.RoomsMany));
            return Reading.OnlineAt is { } online ? rooms + " · " + Sentence.With(ViewerTexts.Online, Durations.Ago(Now - online)) : rooms;
        }
    }

    private DateTimeOffset Now => Time.GetUtcNow();

    protected override ValueTask<ViewerDetailViewModel> ReadAsync() => Reader.ReadAsync(Id);

    private static string NameOf(string? roomId) => roomId is null ? ViewerTexts.Network : VisibleText.IdOf(roomId);

    private async Task RemoveAsync(string? roomId)
    {
        if (await RemoveViewerDialog.OpenAsync(Dialogs, Id, Name, roomId) is not { } entry)
            return;
        _outcome = Sentence.With(ViewerTexts.Removed, NameOf(entry.Removal.RoomId), LocalTime.Clock(entry.Removal.Until, Now));
        await ReadAnewAsync();
    }

    private async Task LiftAsync(string? roomId)
    {
        try
        {
            await Moderation.LiftAsync(Id, roomId, CancellationToken.None);
            _outcome = Sentence.With(ViewerTexts.Lifted, NameOf(roomId));
        }
        catch (AccessRefusedException)
        {
            _outcome = ViewerTexts.NotAllowed;
        }
#pragma warning disable CA1031 // whatever it was, the page says so and offers it again
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _outcome = Failures.Tell(failure, "A ban couldn't be lifted.", ViewerTexts.LiftFailed);
        }
        await ReadAnewAsync();
    }

    private Task ReadAnewAsync()
    {
        Reader.Reset();
        return RefreshAsync();
    }
}
