# The command line of Writeback as commands of PowerShell 5.1 and 7: objects come out.
#
# Nothing is decided here. Each function runs writeback.exe of its own version with
# --json, and gives what that said. A secret goes to its standard input, character by
# character: no string holds it, no parameter carries it (module logging would write it
# down), and it is in no argument and no transcript.

Set-StrictMode -Version Latest

. (Join-Path -Path $PSScriptRoot -ChildPath 'Program.ps1')
. (Join-Path -Path $PSScriptRoot -ChildPath 'Answers.ps1')

function Get-WritebackStatus {
    <#
    .SYNOPSIS
    Says whether password writeback is on, and how the agent is.

    .DESCRIPTION
    Runs writeback status. Serving is true where a reset that comes now works. A machine
    on which nothing is set up is an answer too: Installed is false then.

    .EXAMPLE
    Get-WritebackStatus

    Shows the state, the links to relay and directory, and what needs attention.

    .EXAMPLE
    if (-not (Get-WritebackStatus).Serving) { exit 2 }

    For a monitor.

    .OUTPUTS
    Writeback.Status
    #>
    [CmdletBinding()]
    [OutputType('Writeback.Status')]
    param()

    $outcome = Invoke-Writeback -ArgumentList @('status', '--json') -Reads
    if (Test-Refused -Outcome $outcome) {
        $PSCmdlet.ThrowTerminatingError((New-WritebackError -Outcome $outcome))
    }
    $status = ConvertTo-WritebackObject -Answer $outcome.Answer -TypeName 'Writeback.Status' -Fields $script:StatusFields
    # PowerShell 7 has made a time of it already, 5.1 has not
    if ($status.Since -is [string]) {
        $culture = [System.Globalization.CultureInfo]::InvariantCulture
        $status.Since = [datetimeoffset]::Parse($status.Since, $culture)
    }
    elseif ($null -ne $status.Since) {
        $status.Since = [datetimeoffset] $status.Since
    }
    $status | Add-Member -MemberType NoteProperty -Name 'Serving' -Value ($outcome.Exit -eq 0) -PassThru
}

function Test-WritebackReset {
    <#
    .SYNOPSIS
    Sends one request through the relay to the agent and back.

    .DESCRIPTION
    Runs writeback test-reset. With -NewPassword the person's password is written. With
    -CheckOnly, and with -WhatIf, every step but the write is made. A refusal is an answer:
    Succeeded is false, Code and Detail say why. The password goes to the program's
    standard input; it is in no argument and in no transcript.

    .PARAMETER Identity
    The person, as the portal names them.

    .PARAMETER By
    The attribute that Identity is of. userPrincipalName where it is left out.

    .PARAMETER NewPassword
    The password that the person gets. It is asked for where it is left out.

    .PARAMETER CheckOnly
    Make all steps but the write.

    .EXAMPLE
    Test-WritebackReset -Identity anna@corp.example -CheckOnly

    Shows whether a reset would go through, and how long each hop takes.

    .EXAMPLE
    Test-WritebackReset -Identity test@corp.example -NewPassword (Read-Host -AsSecureString)

    Resets the password of a test account.

    .OUTPUTS
    Writeback.TestReset
    #>
    [CmdletBinding(SupportsShouldProcess = $true, DefaultParameterSetName = 'Write')]
    [OutputType('Writeback.TestReset')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [Alias('UserPrincipalName')]
        [ValidateNotNullOrEmpty()]
        [string] $Identity,

        [Parameter()]
        [ValidateSet('objectGUID', 'ms-DS-ConsistencyGuid', 'userPrincipalName', 'mail', 'sAMAccountName')]
        [string] $By = 'userPrincipalName',

        [Parameter(Mandatory = $true, ParameterSetName = 'Write')]
        [securestring] $NewPassword,

        [Parameter(Mandatory = $true, ParameterSetName = 'CheckOnly')]
        [switch] $CheckOnly
    )

    process {
        $secrets = @{}
        $arguments = @('test-reset', '--json', '--by', $By)
        if ($CheckOnly -or -not $PSCmdlet.ShouldProcess($Identity, 'Write a new password')) {
            $arguments += @('--check-only')
        }
        else {
            $secrets = Get-GivenSecret -Bound $PSBoundParameters
            $arguments += @(Get-SecretArgument -Secrets $secrets)
        }
        $arguments += @('--', $Identity)
        $outcome = Invoke-Writeback -ArgumentList $arguments -Secrets $secrets
        if (Test-Refused -Outcome $outcome) {
            $PSCmdlet.WriteError((New-WritebackError -Outcome $outcome))
            return
        }
        $result = ConvertTo-WritebackObject -Answer $outcome.Answer -TypeName 'Writeback.TestReset' -Fields $script:ResetFields
        $result | Add-Member -MemberType NoteProperty -Name 'Identity' -Value $Identity
        $result | Add-Member -MemberType NoteProperty -Name 'Succeeded' -Value ($outcome.Exit -eq 0) -PassThru
    }
}

function Get-WritebackPermission {
    <#
    .SYNOPSIS
    Says who can be reset and why others can't, or what would come of one person's reset.

    .DESCRIPTION
    Without -Identity it runs writeback permissions check: everybody in the scope, and the
    service account. With -Identity it runs writeback permissions explain. Complete is true
    where nothing is missing.

    .PARAMETER Identity
    The person: sign-in name, account name, GUID or sign-in attribute.

    .PARAMETER By
    The attribute that Identity is of; by its form where it is left out.

    .PARAMETER SettingsFile
    Settings to judge by; those in force where it is left out.

    .PARAMETER AdminCredential
    An administrator of the domain, where the settings make a new account. Used once, not stored.

    .PARAMETER AccountPassword
    The password of an existing service account that is not the one in force.

    .EXAMPLE
    Get-WritebackPermission

    Counts who can be reset, and names the causes for the others.

    .EXAMPLE
    (Get-WritebackPermission -Identity anna).Reset

    Says whether a reset of this person would work, with the entry that decides.

    .OUTPUTS
    Writeback.PermissionCheck, or Writeback.PersonPermission with -Identity
    #>
    [CmdletBinding(DefaultParameterSetName = 'Everybody')]
    [OutputType('Writeback.PermissionCheck', ParameterSetName = 'Everybody')]
    [OutputType('Writeback.PersonPermission', ParameterSetName = 'Person')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'Person', ValueFromPipelineByPropertyName = $true)]
        [Alias('UserPrincipalName')]
        [ValidateNotNullOrEmpty()]
        [string] $Identity,

        [Parameter(ParameterSetName = 'Person')]
        [ValidateSet('objectGUID', 'ms-DS-ConsistencyGuid', 'userPrincipalName', 'mail', 'sAMAccountName')]
        [string] $By,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string] $SettingsFile,

        [Parameter()]
        [pscredential] $AdminCredential,

        [Parameter()]
        [securestring] $AccountPassword
    )

    process {
        $everybody = $PSCmdlet.ParameterSetName -eq 'Everybody'
        $secrets = Get-GivenSecret -Bound $PSBoundParameters
        $arguments = @('permissions')
        if ($everybody) {
            $arguments += @('check', '--json')
        }
        else {
            $arguments += @('explain', '--json')
        }
        if ($SettingsFile) {
            $path = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($SettingsFile)
            $arguments += @('--settings', $path)
        }
        if ($By) {
            $arguments += @('--by', $By)
        }
        $arguments += @(Get-SecretArgument -Secrets $secrets)
        $typeName, $fields = 'Writeback.PermissionCheck', $script:CoverageFields
        if (-not $everybody) {
            $arguments += @('--', $Identity)
            $typeName, $fields = 'Writeback.PersonPermission', $script:PersonFields
        }
        $outcome = Invoke-Writeback -ArgumentList $arguments -Secrets $secrets -Reads
        if (Test-Refused -Outcome $outcome) {
            $PSCmdlet.WriteError((New-WritebackError -Outcome $outcome))
            return
        }
        $result = ConvertTo-WritebackObject -Answer $outcome.Answer -TypeName $typeName -Fields $fields
        $result | Add-Member -MemberType NoteProperty -Name 'Complete' -Value ($outcome.Exit -eq 0) -PassThru
    }
}

function Install-Writeback {
    <#
    .SYNOPSIS
    Makes this machine as a settings file says: all changes, or none.

    .DESCRIPTION
    Runs writeback plan, and writeback apply once the changes were accepted. With -WhatIf
    the plan is all that is made, and Applied is false. What fails is taken back. What is
    as the settings say already is not touched, so that it can be run again at any time.
    It asks first, with the changes shown; unattended: -Confirm:$false.

    .PARAMETER SettingsFile
    The settings; writeback schema describes them.

    .PARAMETER AdminCredential
    An administrator of the domain, where account or permissions are made. Used once, not stored.

    .PARAMETER AccountPassword
    The password of the service account in the directory, where that is there already.

    .PARAMETER EnrolmentCode
    The code of the relay's owner, where the agent is enrolled anew.

    .PARAMETER ProxyPassword
    The password for the proxy, where its address names a user.

    .PARAMETER ServiceAccount
    The account that the service WritebackAgent runs as, such as a gMSA (CORP\name$). Its
    own virtual account, or the one it has, where it is left out.

    .PARAMETER ServicePassword
    The password of that account. A gMSA and a virtual account have none to give.

    .PARAMETER PreviousServicePassword
    The password of the account that the service leaves, where both have one.

    .EXAMPLE
    Install-Writeback -SettingsFile site.yaml -AdminCredential CORP\anna -WhatIf

    Shows what would be changed.

    .EXAMPLE
    Install-Writeback -SettingsFile site.yaml -AdminCredential $admin -EnrolmentCode $code -Confirm:$false

    Installs without a question; $code is a SecureString.

    .OUTPUTS
    Writeback.Installation
    #>
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
    [OutputType('Writeback.Installation')]
    param(
        [Parameter(Mandatory = $true, Position = 0)]
        [ValidateNotNullOrEmpty()]
        [string] $SettingsFile,

        [Parameter()]
        [pscredential] $AdminCredential,

        [Parameter()]
        [securestring] $AccountPassword,

        [Parameter()]
        [securestring] $EnrolmentCode,

        [Parameter()]
        [securestring] $ProxyPassword,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string] $ServiceAccount,

        [Parameter()]
        [securestring] $ServicePassword,

        [Parameter()]
        [securestring] $PreviousServicePassword
    )

    $secrets = Get-GivenSecret -Bound $PSBoundParameters
    $path = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($SettingsFile)
    $more = @('--json', '--settings', $path)
    if ($ServiceAccount) {
        $more += @('--service-account', $ServiceAccount)
    }
    $more += @(Get-SecretArgument -Secrets $secrets)

    $outcome = Invoke-Writeback -ArgumentList (@('plan') + $more) -Secrets $secrets -Reads
    if (Test-Refused -Outcome $outcome) {
        $PSCmdlet.ThrowTerminatingError((New-WritebackError -Outcome $outcome))
    }
    $changes = Get-Field -Answer $outcome.Answer -Name 'changes'
    $applied = $false
    if ($changes) {
        $summaries = ($changes | ForEach-Object -Process { $_.summary }) -join [System.Environment]::NewLine
        $question = 'Make these changes?'
        if ($PSCmdlet.ShouldProcess($summaries, ($summaries + [System.Environment]::NewLine + $question), 'Writeback')) {
            $outcome = Invoke-Writeback -ArgumentList (@('apply', '--yes') + $more) -Secrets $secrets
            if (Test-Refused -Outcome $outcome) {
                $PSCmdlet.ThrowTerminatingError((New-WritebackError -Outcome $outcome))
            }
            $applied = $true
        }
    }
    $result = ConvertTo-WritebackObject -Answer $outcome.Answer -TypeName 'Writeback.Installation' -Fields $script:PlanFields
    $result | Add-Member -MemberType NoteProperty -Name 'Applied' -Value $applied -PassThru
}

Export-ModuleMember -Function @(
    'Get-WritebackStatus'
    'Test-WritebackReset'
    'Get-WritebackPermission'
    'Install-Writeback'
)
