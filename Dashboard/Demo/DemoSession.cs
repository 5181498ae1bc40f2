using Presence.Engine.Rooms;

namespace Presence.Dashboard.Demo;

/// <summary>A visit under way: which request is due next, and when, given the server's replies. Pure; instants count from the start of the demo.</summary>
internal sealed class DemoSession(DemoVisit visit)
{
    private bool _isSignedIn;
    private bool _isPresent;
    private int _refusals;

    public DemoVisit Visit { get; } = visit;

    /// <summary>When <see cref="Next"/> is to be asked again.</summary>
    public TimeSpan DueAt { get; private set; } = visit.ArrivesAt;

    public bool IsOver { get; private set; }

    /// <summary>The settings version of the last reply, to echo; 0 before it.</summary>
    public int SettingsVersion { get; private set; }

    public ViewerState StateAt(TimeSpan now) => Visit.StateAt(now);

    /// <summary>What to do now.</summary>
    public DemoStep Next(TimeSpan now)
    {
        if (now >= Visit.LeavesAt)
            return _isPresent && Visit.Ending == DemoEnding.Leaves ? DemoStep.Leave : DemoStep.End;
        return _isSignedIn ? DemoStep.Heartbeat : DemoStep.SignIn;
    }

    /// <summary>Takes the reply to a step and decides when the next one is due.</summary>
    public void Apply(DemoStep step, DemoReply reply, TimeSpan now)
    {
        if (step is DemoStep.Leave or DemoStep.End || reply.Answer == DemoAnswer.Refused)
        {
            IsOver = true;
            return;
        }

        switch (reply.Answer)
        {
            case DemoAnswer.Accepted when step == DemoStep.SignIn:
                _isSignedIn = true;
                DueAt = now;
                break;

            case DemoAnswer.Accepted:
                _refusals = 0;
                _isPresent = true;
                SettingsVersion = reply.SettingsVersion;
                DueAt = now + (reply.Wait ?? TimeSpan.FromSeconds(30)); // what published clients do when told nothing
                break;

            default: // TokenRefused, NotNow
                _isSignedIn &= reply.Answer != DemoAnswer.TokenRefused;
                _isPresent = false;
                DueAt = now + DemoRetryPolicy.Wait(++_refusals, reply.Wait, spread: Visit.Number % 16 / 16.0);
                break;
        }

        if (DueAt > Visit.LeavesAt)
            DueAt = Visit.LeavesAt;
    }
}
