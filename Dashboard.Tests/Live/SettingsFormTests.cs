using Presence.Dashboard.Display;
using Presence.Dashboard.Live;
using Presence.Engine.Settings;

namespace Presence.Dashboard.Tests.Live;

public sealed class SettingsFormTests
{
    private static readonly PresenceSettings First = PresenceSettings.Default;
    private static readonly PresenceSettings Theirs = First with { Version = 2, PresenceTimeout = TimeSpan.FromSeconds(120), UpdatedBy = "eve@example.com" };

    private readonly SettingsForm _form = new();

    public SettingsFormTests() => _form.Begin(First);

    [Fact]
    public void Follow_WhileUntouched_ShowsWhatIsInForce()
    {
        _form.Follow(Theirs);

        Assert.Equal((120, null, Theirs), (_form.Draft.PresenceTimeoutSeconds, _form.Theirs, _form.DecidedOn));
        Assert.False(_form.IsChanged);
    }

    [Fact]
    public void Follow_WhileTouched_KeepsWhatWasTypedAndShowsTheirs()
    {
        _form.Draft.PresenceTimeoutSeconds = 90;

        _form.Follow(Theirs);

        Assert.Equal((90, Theirs, First), (_form.Draft.PresenceTimeoutSeconds, _form.Theirs, _form.DecidedOn));
        Assert.False(_form.CanSave);
    }

    [Fact]
    public void Follow_WithOnlyAReasonTyped_KeepsIt()
    {
        _form.Reason = "Final tonight";

        _form.Follow(Theirs);

        Assert.Equal(("Final tonight", Theirs), (_form.Reason, _form.Theirs));
    }

    [Fact]
    public void Follow_WhenTheySavedTheSame_HasNothingLeftToDecide()
    {
        _form.Draft.PresenceTimeoutSeconds = 120;

        _form.Follow(Theirs);

        Assert.Equal((Theirs, null), (_form.DecidedOn, _form.Theirs));
    }

    [Fact]
    public void Follow_OfAVersionFromBefore_ChangesNothing()
    {
        _form.Begin(Theirs);

        _form.Follow(First);

        Assert.Equal(Theirs, _form.DecidedOn);
    }

    [Fact]
    public void Follow_OfOneSaveAfterAnother_ShowsTheLatest()
    {
        _form.Draft.PresenceTimeoutSeconds = 90;
        _form.Follow(Theirs);

        _form.Follow(Theirs with { Version = 3 });

        Assert.Equal(3, _form.Theirs!.Version);
    }

    [Fact]
    public void KeepMine_OfTwo_IsDecidedOnTheirs()
    {
        _form.Draft.PresenceTimeoutSeconds = 90;
        _form.Follow(Theirs);

        _form.KeepMine();

        Assert.Equal((2, 90), (_form.Wanted!.Version, _form.Draft.PresenceTimeoutSeconds));
        Assert.True(_form.CanSave);
    }

    // Each field alone: what was typed in one must not put the others back to what they were.
    [Theory]
    [InlineData("enabled")]
    [InlineData("interval")]
    [InlineData("timeout")]
    [InlineData("list")]
    public void KeepMine_WithOneFieldTyped_TakesTheirsOfTheOthers(string typed)
    {
        var theirs = First with { Version = 2, Enabled = false, HeartbeatInterval = TimeSpan.FromSeconds(25), PresenceTimeout = TimeSpan.FromSeconds(120), ListLimit = 100 };
        var mine = new SettingsDraft { Enabled = true, HeartbeatIntervalSeconds = 20, PresenceTimeoutSeconds = 90, ListLimit = 50 };
        var want = SettingsDraft.Of(theirs);
        switch (typed)
        {
            case "enabled": // switched off and on again is not typed: theirs stands
                break;
            case "interval":
                want.HeartbeatIntervalSeconds = _form.Draft.HeartbeatIntervalSeconds = mine.HeartbeatIntervalSeconds;
                break;
            case "timeout":
                want.PresenceTimeoutSeconds = _form.Draft.PresenceTimeoutSeconds = mine.PresenceTimeoutSeconds;
                break;
            default:
                want.ListLimit = _form.Draft.ListLimit = mine.ListLimit;
                break;
        }
        _form.Reason = "Final tonight";
        _form.Follow(theirs);

        _form.KeepMine();

        Assert.Equal((want, theirs, "Final tonight"), (_form.Draft, _form.DecidedOn, _form.Reason));
    }

    [Fact]
    public void KeepMine_WithAFieldEmptied_LeavesItEmpty()
    {
        _form.Draft.ListLimit = null;
        _form.Follow(Theirs);

        _form.KeepMine();

        Assert.Equal((120, null), (_form.Draft.PresenceTimeoutSeconds, _form.Draft.ListLimit));
        Assert.False(_form.CanSave);
    }

    [Fact]
    public void Reset_OfTwo_ShowsTheirs()
    {
        _form.Draft.PresenceTimeoutSeconds = 90;
        _form.Follow(Theirs);

        _form.Reset();

        Assert.Equal((120, null), (_form.Draft.PresenceTimeoutSeconds, _form.Theirs));
        Assert.False(_form.IsChanged);
    }
}
