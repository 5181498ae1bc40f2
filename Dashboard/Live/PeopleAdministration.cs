using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Dashboard.Hosting;

namespace Presence.Dashboard.Live;

/// <summary>Who may sign in, as an Admin sees and decides it; the role is checked here, whatever the page shows.</summary>
internal sealed class PeopleAdministration(ModeratorStore moderators, InvitationStore invitations, PasswordLinks passwords, SecondFactorRule secondFactor, ModeratorGuard guard, NoticeBoard notices, DashboardOptions options)
{
    /// <exception cref="AccessRefusedException">Not an Admin.</exception>
    public async Task<PeopleViewModel> ReadAsync(CancellationToken cancellationToken)
    {
        var self = await guard.RequireAsync(ModeratorRole.Admin);
        return new PeopleViewModel(await moderators.ListAsync(cancellationToken), await invitations.ListAsync(cancellationToken), self.Email)
        {
            RequiresSecondFactor = await secondFactor.IsInForceAsync(cancellationToken),
            MayRequireSecondFactor = self.HasSecondFactor,
        };
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

    /// <summary>Has everybody need a second factor, or leaves it to each, and says so.</summary>
    /// <exception cref="AccessRefusedException">Not an Admin. Nothing was done.</exception>
    /// <exception cref="ModeratorChangeRefusedException">Who asks for it has none. Nothing was done.</exception>
    public async Task RequireSecondFactorAsync(bool isRequired, CancellationToken cancellationToken)
    {
        var admin = await guard.RequireAsync(ModeratorRole.Admin);
        if (isRequired && !admin.HasSecondFactor)
            throw new ModeratorChangeRefusedException(PeopleTexts.SecondFactorOwnFirst);
        await secondFactor.SetAsync(isRequired, admin.Actor, cancellationToken);
        notices.Say(isRequired ? PeopleTexts.SecondFactorIsRequired : PeopleTexts.SecondFactorIsOptional, () => RequireSecondFactorAsync(!isRequired, CancellationToken.None));
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
internal sealed record PeopleViewModel(IReadOnlyList<Moderator> Moderators, IReadOnlyList<Invitation> Invitations, string OwnEmail)
{
    /// <summary>Whether everybody needs a second factor.</summary>
    public bool RequiresSecondFactor { get; init; }

    /// <summary>Whether who looks has one, and so may ask for it.</summary>
    public bool MayRequireSecondFactor { get; init; }

    /// <summary>How many that may sign in have a password alone.</summary>
    public int WithoutSecondFactor => Moderators.Count(moderator => moderator is { IsDisabled: false, HasPasswordAlone: true });
}
