/* The built page of web/ as bytes of the program; REPORT_TEMPLATE is its path, given by CMake. */
    .section .rodata
    .global coterie_report_template_begin
    .global coterie_report_template_end
coterie_report_template_begin:
    .incbin REPORT_TEMPLATE
coterie_report_template_end:
    .byte 0
    .section .note.GNU-stack,"",@progbits
