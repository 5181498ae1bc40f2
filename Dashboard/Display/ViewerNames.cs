using Presence.Engine.Rooms;
using Presence.Engine.Users;

namespace Presence.Dashboard.Display;

/// <summary>What a viewer is called.</summary>
internal static class ViewerNames
{
    public static string Of(Viewer viewer) => Of(viewer.Profile, viewer.IsGuest, viewer.UserId);

    public static string Of(UserProfile? profile, bool isGuest, string userId) => profile?.DisplayName ?? (isGuest ? GuestOf(userId) : userId);

    /// <summary>"Guest 7f3a": many have no other name, and whoever is sent away must be told apart from the rest.</summary>
    private static string GuestOf(string userId)
    {
        var from = Math.Max(0, userId.Length - 4);
        if (from > 0 && char.IsLowSurrogate(userId[from]))
            from--; // a whole character or none
        return Sentence.With(ViewerTexts.Guest, userId[from..]);
    }
}
