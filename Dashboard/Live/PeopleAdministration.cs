using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Live;

/// <summary>Who may sign in, as an Admin sees and decides it; the role is checked here, whatever the page shows.</summary>
internal sealed class PeopleAdministration(ModeratorStore moderators, InvitationStore invitations, PasswordLinks passwords, ModeratorGuard guard, NoticeBoard notices, DashboardOptions options)
{
    /// <exception cref="AccessRefusedException">Not an Admin.</exception>
    public async Task<PeopleViewModel> ReadAsync(CancellationToken cancellationToken)
    {
        var self = await guard.RequireAsync(ModeratorRole.Admin);
        return new PeopleViewModel(await moderators.ListAsync(cancellationToken), await invitations.ListAsync(cancellationToken), self.Email);
    }

    /// <summary>Changes what an account may do, says so, and offers the way back.</summary>
    /// <exception cref="AccessRefusedException">Not an Admin. Nothing was done.</exception>
    /// <exception cref="ModeratorChangeRefusedException">It would take away the last Admin. Nothing was done.</exception>
    public async Task ChangeAccessAsync(Moderator moderator, ModeratorAccess access, CancellationToken cancellationToken)
    {
        await moderators.ChangeAccessAsync(moderator.Id, access, (await guard.RequireAsync(ModeratorRole.Admin)).Actor, cancellationToken);
        notices.Say(
            Sentence.With(PeopleTexts.RoleChanged, moderator.Email, ModeratorRoles.Text(access)),
            moderator.Role is null ? null : () => ChangeAccessAsync(moderator with { Access = access }, moderator.Access, CancellationToken.None));
    }

    /// <summary>Disables or enables an account, says so, and offers the way back.</summary>
    /// <inheritdoc cref="ChangeAccessAsync" path="/exception"/>
    public async Task SetDisabledAsync(Moderator moderator, bool isDisabled, CancellationToken cancellationToken)
    {
        await moderators.SetDisabledAsync(moderator.Id, isDisabled, (await guard.RequireAsync(ModeratorRole.Admin)).Actor, cancellationToken);
        notices.Say(Sentence.With(isDisabled ? PeopleTexts.WasDisabled : PeopleTexts.WasEnabled, moderator.Email), () => SetDisabledAsync(moderator, !isDisabled, CancellationToken.None));
    }

    /// <summary>Takes a lost second factor away, and says so.</summary>
    /// <exception cref="AccessRefusedException">Not an Admin. Nothing was done.</exception>
    /// <exception cref="ModeratorChangeRefusedException">The account has none. Nothing was done.</exception>
    public async Task ResetSecondFactorAsync(Moderator moderator, CancellationToken cancellationToken)
    {
        await moderators.ResetSecondFactorAsync(moderator.Id, (await guard.RequireAsync(ModeratorRole.Admin)).Actor, cancellationToken);
        notices.Say(Sentence.With(PeopleTexts.SecondFactorWasReset, moderator.Email));
    }

    /// <summary>Makes a link that sets a new password; what is returned is the only time it is seen.</summary>
    /// <exception cref="AccessRefusedException">Not an Admin. Nothing was done.</exception>
    /// <exception cref="ModeratorChangeRefusedException">There is no such account. Nothing was done.</exception>
    public async Task<IssuedPasswordLink> MakePasswordLinkAsync(string accountId, CancellationToken cancellationToken)
    {
        var by = (await guard.RequireAsync(ModeratorRole.Admin)).Actor;
        RequireLocalAccounts();
        return await passwords.IssueAsync(accountId, by, cancellationToken);
    }

    /// <summary>Makes a link; what is returned is the only time it is seen.</summary>
    /// <exception cref="AccessRefusedException">Not an Admin. Nothing was done.</exception>
    /// <exception cref="ModeratorChangeRefusedException">The name breaks the rule, or too many invitations wait. Nothing was done.</exception>
    public async Task<IssuedInvitation> InviteAsync(string name, ModeratorAccess access, CancellationToken cancellationToken)
    {
        var by = (await guard.RequireAsync(ModeratorRole.Admin)).Actor;
        RequireLocalAccounts();
        return await invitations.IssueAsync(name, access, by, cancellationToken);
    }

    /// <exception cref="AccessRefusedException">Not an Admin. Nothing was done.</exception>
    public async Task TakeBackAsync(int invitationId, CancellationToken cancellationToken) =>
        await invitations.RemoveAsync(invitationId, (await guard.RequireAsync(ModeratorRole.Admin)).Actor, cancellationToken);

    /// <summary>A link that leads to a closed page would only be found out by who opens it.</summary>
    private void RequireLocalAccounts()
    {
        if (!options.SignIn.LocalAccounts)
            throw new ModeratorChangeRefusedException(Sentence.With(PeopleTexts.NoLocalAccounts, options.SignIn.OpenIdConnect.Name));
    }
}

/// <summary>What the people page shows.</summary>
/// <param name="Moderators">Every account, by email.</param>
/// <param name="Invitations">Those that wait to be used, the newest first.</param>
/// <param name="OwnEmail">Who looks.</param>
internal sealed record PeopleViewModel(IReadOnlyList<Moderator> Moderators, IReadOnlyList<Invitation> Invitations, string OwnEmail);
