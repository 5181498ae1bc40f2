namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>One attempt at a password, counted until it is known how it ended; left without a word it is neither right nor wrong.</summary>
/// <param name="delay">How long to wait before the password is looked at.</param>
/// <param name="end">Told once.</param>
internal sealed class SignInAttempt(TimeSpan delay, Action<SignInOutcome> end) : IDisposable
{
    private Action<SignInOutcome>? _end = end;

    public TimeSpan Delay { get; } = delay;

    public void End(SignInOutcome outcome) => Interlocked.Exchange(ref _end, null)?.Invoke(outcome);

    public void Dispose() => End(SignInOutcome.Busy);
}
