/** Endings of files that are programs: their text is nobody's to see where nothing runs them. */

/**
 * Names that servers hand to a program, in whatever configuration: a part of one may not say that it does. Who wants to
 * show such files says which are programs in our own configuration.
 */
export const PROGRAMS: readonly string[] =
  '.asp .aspx .cgi .fcgi .jsp .jspx .lua .php .php3 .php4 .php5 .php7 .php8 .phar .phps .pht .phtml .pl .pm .psgi .py .pyc .rb .rhtml .shtml .tcl .wsgi'.split(
    ' ',
  )
