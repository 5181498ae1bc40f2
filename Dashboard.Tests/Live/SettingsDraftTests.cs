using Presence.Dashboard.Display;
using Presence.Engine.Settings;

namespace Presence.Dashboard.Tests.Live;

public sealed class SettingsDraftTests
{
    [Fact]
    public void On_WithAFieldNobodyTouched_KeepsItsFraction()
    {
        var settings = PresenceSettings.Default with { HeartbeatInterval = TimeSpan.FromSeconds(20.5) };
        var draft = SettingsDraft.Of(settings);
        draft.PresenceTimeoutSeconds = 90;

        var wanted = draft.On(settings);

        Assert.Equal(TimeSpan.FromSeconds(20.5), wanted!.HeartbeatInterval);
        Assert.Equal(TimeSpan.FromSeconds(90), wanted.PresenceTimeout);
    }

    [Fact]
    public void On_WithAnEmptyField_IsNothing()
    {
        var draft = SettingsDraft.Of(PresenceSettings.Default);
        draft.ListLimit = null;

        Assert.Null(draft.On(PresenceSettings.Default));
    }
}
