using Presence.Engine.Settings;

namespace Presence.Engine.Storage;

/// <summary>The settings asked for are against the rules (rule 5). Nothing was changed.</summary>
public sealed class SettingsRefusedException : Exception
{
    public SettingsRefusedException(IReadOnlyList<SettingsRemark> problems)
        : base(string.Join(' ', problems.Select(problem => problem.Message))) => Problems = problems;

    /// <summary>Everything that is wrong, not only the first.</summary>
    public IReadOnlyList<SettingsRemark> Problems { get; }
}
