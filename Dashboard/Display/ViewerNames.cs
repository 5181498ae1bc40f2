using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Users;

namespace Presence.Dashboard.Display;

/// <summary>What a viewer is called, as it may be shown (<see cref="VisibleText"/>). A name that shows nothing is none.</summary>
internal static class ViewerNames
{
    public static string Of(Viewer viewer) => Of(viewer.Profile, viewer.IsGuest, viewer.UserId);

    public static string Of(UserProfile? profile, bool isGuest, string userId) =>
        VisibleText.NameOf(profile?.DisplayName) ?? (isGuest ? GuestOf(userId) : VisibleText.IdOf(userId));

    /// <summary>In a sentence, a label or a title.</summary>
    public static string Said(Viewer viewer) => VisibleText.Isolated(Of(viewer));

    /// <summary>"Guest 7f3a": many have no other name, and whoever is sent away must be told apart from the rest.</summary>
    private static string GuestOf(string userId)
    {
        var from = Math.Max(0, userId.Length - 4);
        if (from > 0 && char.IsLowSurrogate(userId[from]))
            from--; // a whole character or none
        return Sentence.With(ViewerTexts.Guest, userId[from..]);
    }
}
