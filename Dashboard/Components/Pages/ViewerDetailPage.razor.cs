using Microsoft.AspNetCore.Components;
using Presence.Dashboard.Components.Dialogs;
using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine;

namespace Presence.Dashboard.Components.Pages;

/// <summary>One user: everywhere it is now, on what, since when, and what keeps it out.</summary>
public sealed partial class ViewerDetailPage
{
    [Parameter]
    public string? UserId { get; set; }

    /// <summary>For ids that cannot stand in a path, see <see cref="ViewerLinks"/>.</summary>
    [SupplyParameterFromQuery(Name = "id")]
    private string? UserIdInQuery { get; set; }

    [Inject]
    private ViewerDetailQuery Reader { get; set; } = default!;

    [Inject]
    private ViewerBans Bans { get; set; } = default!;

    [Inject]
    private LocalTime LocalTime { get; set; } = default!;

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
        if (await Bans.AskAsync(Id, Name, roomId))
            await ReadAnewAsync();
    }

    private async Task LiftAsync(string? roomId)
    {
        await Bans.LiftAsync(Id, Name, roomId);
        await ReadAnewAsync();
    }

    private Task ReadAnewAsync()
    {
        Reader.Reset();
        return RefreshAsync();
    }
}
